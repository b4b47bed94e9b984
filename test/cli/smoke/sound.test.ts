import { SESSION } from "./support/gateway";
import { ROWS } from "./support/program";
import { checksAgainst, smokeAgainst } from "./support/smoke";

// Hundreds of handshakes on a busy machine take their time.
jest.setTimeout(60_000);

describe("a deployment that does what its route tables say", () => {
  it("has every row checked, and nothing found", async () => {
    const { code, failed, checks, summary } = await checksAgainst({ args: ["--platform"] });
    expect({ code, failed }).toEqual({ code: 0, failed: [] });
    expect(summary.ok).toBeGreaterThan(70);
    const rows = new Set(checks.flatMap(({ host, row }) => (row === undefined ? [] : [`${host} ${row}`])));
    expect(rows.size).toBe(ROWS.length);
  });

  it("is only read from, without a body and without a cookie", async () => {
    const { gateway } = await smokeAgainst({ args: ["--platform"] });
    expect(new Set(gateway.seen.map(({ method }) => method))).toEqual(new Set(["GET", "HEAD", "OPTIONS"]));
    expect(gateway.seen.filter(({ bodyLength, headers }) => bodyLength > 0 || headers.cookie !== undefined)).toEqual(
      [],
    );
  });

  it("tells what was not sent, and sends it with --all-methods, still without a body", async () => {
    const { checks, code } = await checksAgainst();
    const post = checks.find(({ row, check }) => row === "POST /api/track" && check === "POST");
    expect(post).toMatchObject({ verdict: "skipped", got: "not sent without --all-methods" });
    expect(code).toBe(0);
    const all = await checksAgainst({ args: ["--all-methods"] });
    expect({ failed: all.failed, skipped: all.summary.skipped }).toEqual({ failed: [], skipped: 0 });
    const sent = all.gateway.seen.filter(({ path, method }) => path === "/api/track" && method === "POST");
    expect(sent).toEqual([expect.objectContaining({ bodyLength: 0 })]);
  });

  it("answers someone with a session, whose cookie is printed nowhere", async () => {
    const person = { env: { GATE_COOKIE: SESSION } };
    const args = ["--session-cookie", "env:GATE_COOKIE", "--details"];
    const { code, out, err, gateway } = await smokeAgainst({ args, person });
    expect({ code, leaked: `${out}${err}`.includes("the-session") }).toEqual({ code: 0, leaked: false });
    expect(out).toContain("forged headers with a session");
    expect(gateway.seen.filter(({ headers, method }) => headers.cookie !== undefined && method !== "GET")).toEqual([]);
  });
});
