// The last line of CI: jest's own counts, with each failed step outside jest as one more failure.
import { existsSync, readFileSync } from "node:fs";

const [failedSteps, ...files] = process.argv.slice(2);
let passed = 0;
let failed = 0;
// A suite without a report did not end: its step has failed and is counted below.
const reports = files.filter((file) => existsSync(file));
for (const file of reports) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  passed += report.numPassedTests;
  // A suite that could not even start has no tests to count.
  const counted = report.numFailedTests + report.numRuntimeErrorTestSuites;
  failed += counted;
  for (const suite of report.testResults.filter((result) => result.status === "failed")) {
    console.log(`${suite.name}\n${suite.message}`);
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  // CI has everything a test needs: a skipped test is a test that did not run.
  if (skipped > 0) console.log(`${file}: ${skipped} tests were skipped`);
  failed += skipped;
}
// jest's exit code already made its step fail: its failures are counted above, so such a step is not counted twice.
const jestFailures = reports.filter((file) => JSON.parse(readFileSync(file, "utf8")).success === false).length;
failed += Math.max(0, Number(failedSteps) - jestFailures);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
