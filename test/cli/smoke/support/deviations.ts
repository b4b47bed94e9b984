import { GOOD, type Parts } from "./gateway";
import { checksAgainst } from "./smoke";

/** A way in which a deployment is not as declared, the checks that find it, and what one of them got. */
export type Deviation = readonly [what: string, parts: Partial<Parts>, found: readonly string[], got: string];

/** The gate answers in another way. */
export function gate(answer: Parts["gate"]): Partial<Parts> {
  return { gate: answer };
}

/** What is below a path is answered in another way. */
export function route(path: string, answer: Parts["route"]): Partial<Parts> {
  return { route: (seen, parts) => (seen.path.startsWith(path) ? answer(seen, parts) : GOOD.route(seen, parts)) };
}

/** Each of them is found, and named. */
export function deviationTests(deviations: readonly Deviation[]): void {
  describe("what is deployed in another way than declared is found and named", () => {
    it.each(deviations)("%s", async (_, parts, found, got) => {
      const { code, failed, checks } = await checksAgainst({ parts });
      expect(code).toBe(2);
      expect(failed).toEqual(expect.arrayContaining([...found]));
      const named = checks.filter(({ row = "host", check, problem }) =>
        found.includes(`${row} | ${check} | ${problem}`),
      );
      expect(named.map((each) => each.got).join("\n")).toContain(got);
    });
  });
}
