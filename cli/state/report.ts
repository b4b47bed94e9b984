import type { Terminal } from "../terminal";
import { renderTable } from "../terminal/table";
import type { StoreReport } from "./check-command";
import type { CheckResult } from "./checks/result";

/** Prints what each check found, then what to do, then the verdict. */
export function printReport({ out, err, colours }: Terminal, report: StoreReport): void {
  const { endpoint, bucket, prefix, stacks, checks, fit } = report;
  const used = stacks.length === 0 ? "" : `, states of ${stacks.length} ${stacks.length === 1 ? "stack" : "stacks"}`;
  out(`${endpoint}, bucket ${bucket}, keys ${prefix}/*${used}`);
  out(
    renderTable([
      ["Check", "Result", "What was seen"],
      ...checks.map((each) => [each.check, each.result, each.detail]),
    ]),
  );
  for (const each of checks.filter(({ fix }) => fix !== ""))
    err(colourOf(each, colours)(`\n${each.check}: ${each.fix}`));
  const verdict = fit ? "Fit to carry Terraform's states." : "Not fit to carry Terraform's states.";
  out(`\n${(fit ? colours.green : colours.red)(verdict)}`);
}

function colourOf({ result }: CheckResult, colours: Terminal["colours"]): (text: string) => string {
  return result === "failed" ? colours.red : colours.yellow;
}
