import { failures, type KillReport, summary } from "../../../sandbox/kill/report";
import type { CaseResult } from "../../../sandbox/kill/run-case";

function result(type: string, changes: Partial<CaseResult>): CaseResult {
  const call = { stack: "l1", provider: "vultr/vultr", rpc: "ApplyResourceChange", type, subject: "x", nth: 1 };
  const kill = { number: 1, phase: "after" as const, call };
  return { kill, outcome: "alone", lost: [], recovery: [], seconds: 1, ...changes };
}

const report: KillReport = {
  terraform: "1.11.4",
  stacks: ["l1"],
  calls: 3,
  cases: 6,
  seconds: 3,
  results: [
    result("vultr_vpc", {}),
    result("vultr_vpc", { outcome: "recovered", lost: ["vultr_vpc x"], without: "makes a second object" }),
    result("vault_mount", { outcome: "failed", lost: ["vault_mount x"], without: "fails", reason: "path in use" }),
    result("", {}),
  ],
};

test("the summary has a row for each type, and one for all", () => {
  expect(summary(report).map((row) => row.split(/\s{2,}/))).toEqual([
    ["killed over", "kills", "alone", "recovered", "failed", "lost", "would fail", "would double"],
    ["(provider vultr/vultr)", "1", "1", "0", "0", "0", "0", "0"],
    ["vault_mount", "1", "0", "0", "1", "1", "1", "0"],
    ["vultr_vpc", "2", "1", "1", "0", "1", "0", "1"],
    ["all", "4", "2", "1", "1", "2", "1", "1"],
  ]);
});

test("only what did not converge has failed", () => {
  expect(failures(report).map(({ kill }) => kill.call.type)).toEqual(["vault_mount"]);
});
