import type { AppliedCall } from "../../../sandbox/kill/calls";
import { casesOf, namedCases, nameOf, sampleOf } from "../../../sandbox/kill/cases";

const call = (rpc: string, type: string, subject: string, stack = "l1"): AppliedCall => ({
  stack,
  provider: "vultr/vultr",
  rpc,
  type,
  subject,
  nth: 1,
});

const CALLS = ["a", "b", "c"].flatMap((subject) =>
  ["vultr_vpc", "vultr_kubernetes"].flatMap((type) =>
    ["PlanResourceChange", "ApplyResourceChange", "ValidateResourceConfig"].map((rpc) => call(rpc, type, subject)),
  ),
);

describe("the moments at which Terraform is killed", () => {
  test("there are two for each call", () => {
    expect(casesOf(["l1"], CALLS)).toHaveLength(CALLS.length * 2);
  });

  test("a case keeps its number whatever the order in which an apply made the calls", () => {
    expect(casesOf(["l1"], [...CALLS].reverse())).toEqual(casesOf(["l1"], CALLS));
  });

  test("numbers follow the order of the stacks", () => {
    const calls = [call("ApplyResourceChange", "x", "x", "l2"), call("ApplyResourceChange", "x", "x", "l1")];
    expect(casesOf(["l1", "l2"], calls).map((each) => [nameOf(each), each.call.stack])).toEqual([
      ["1:before", "l1"],
      ["1:after", "l1"],
      ["2:before", "l2"],
      ["2:after", "l2"],
    ]);
  });

  test("cases are named on the command line, and one that is not there is said", () => {
    const cases = casesOf(["l1"], CALLS);
    expect(namedCases(cases, "3:after, 1:before").map(nameOf)).toEqual(["3:after", "1:before"]);
    expect(() => namedCases(cases, "19:after")).toThrow("There is no case 19:after");
    expect(() => namedCases(cases, "3")).toThrow("numbers end at 18");
  });

  test("a sample has as many as it was asked for, each once, and the same for the same seed", () => {
    const cases = casesOf(["l1"], CALLS);
    const names = (seed: number) => sampleOf(cases, 20, seed).map(nameOf);
    expect(new Set(names(1)).size).toBe(20);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
    expect(sampleOf(cases, 1000, 1)).toHaveLength(cases.length);
  });

  test("a small sample takes what was made and not told, of every type", () => {
    const sample = sampleOf(casesOf(["l1"], CALLS), 2, 7);
    expect(sample.map(({ call: { rpc, type }, phase }) => [rpc, type, phase]).sort()).toEqual([
      ["ApplyResourceChange", "vultr_kubernetes", "after"],
      ["ApplyResourceChange", "vultr_vpc", "after"],
    ]);
  });
});
