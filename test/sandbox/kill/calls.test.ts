import { CallCounter, callKey } from "../../../sandbox/kill/calls";
import type { ProviderCall } from "../../../sandbox/providers/observer";

const made = (number: number, subject: string, phase: ProviderCall["phase"] = "before"): ProviderCall => ({
  provider: "vultr/vultr",
  rpc: "PlanResourceChange",
  type: "vultr_vpc",
  subject,
  phase,
  number,
});

describe("telling the calls of an apply apart", () => {
  test("both phases of a call are the same call, and a repeated one is another", () => {
    const counter = new CallCounter("l1");
    const first = counter.identify(made(1, "a"));
    expect(counter.identify(made(1, "a", "after"))).toEqual(first);
    expect(counter.identify(made(2, "a")).nth).toBe(2);
    expect(counter.identify(made(3, "b")).nth).toBe(1);
    expect(counter.calls).toHaveLength(3);
  });

  test("the same calls in another order have the same keys", () => {
    const keys = (subjects: readonly string[]) => {
      const counter = new CallCounter("l1");
      for (const [index, subject] of subjects.entries()) counter.identify(made(index, subject));
      return counter.calls.map(callKey).sort();
    };
    expect(keys(["a", "b", "a"])).toEqual(keys(["b", "a", "a"]));
    expect(keys(["a", "b", "a"])).not.toEqual(keys(["b", "b", "a"]));
  });
});
