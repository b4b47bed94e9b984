import { existsSync } from "node:fs";

test("cdktf still keeps its stack-trace module where the bundle and the tests replace it", () => {
  expect(existsSync(require.resolve("cdktf/lib/tokens/private/stack-trace"))).toBe(true);
  expect(jest.requireActual("cdktf/lib/tokens/private/stack-trace").captureStackTrace()).not.toHaveLength(0);
});
