import { route } from "./support/deviations";
import { GOOD, NOT_FOUND } from "./support/gateway";
import { checksAgainst } from "./support/smoke";

// Hundreds of handshakes on a busy machine take their time.
jest.setTimeout(60_000);

describe("what is deployed in another way than declared is found and named", () => {
  it("nothing else is blamed when one row is wrong", async () => {
    const { failed } = await checksAgainst({ parts: route("/script.js", () => NOT_FOUND) });
    expect(failed.every((each) => each.startsWith("GET, HEAD /script.js | "))).toBe(true);
  });

  it("an answer does not come in time", async () => {
    const parts = route("/live", () => ({ status: 200, never: true }));
    const { code, failed } = await checksAgainst({ parts, args: ["--timeout", "1", "--concurrency", "12"] });
    expect(code).toBe(2);
    expect(failed).toContain("/live/* | browser | slow");
    expect(failed.every((each) => each.startsWith("/live/* | "))).toBe(true);
  });

  it("a connection that breaks off is tried again, and not for ever", async () => {
    let broken = 0;
    const breaking = (times: number) =>
      route("/live", (seen, parts) => (broken++ < times ? { status: 0, broken: true } : GOOD.route(seen, parts)));
    const passing = await checksAgainst({ parts: breaking(2), args: ["--concurrency", "1"] });
    expect(passing.failed).toEqual([]);
    broken = 0;
    const lasting = await checksAgainst({ parts: breaking(1000) });
    expect(lasting.failed).toContain("/live/* | browser | unreachable");
    expect(broken).toBe(3 * lasting.failed.length);
  });

  it("a session is not taken, and is not sent where the certificate is wrong", async () => {
    const person = { env: { COOKIE: "__Host-gate=an-old-session" } };
    const args = ["--session-cookie", "env:COOKIE"];
    const old = await checksAgainst({ args, person });
    expect(old.failed).toEqual(
      expect.arrayContaining(["/* | with a session | shut", "/api/* | XHR with a session | shut"]),
    );
    const wrong = await checksAgainst({ args, person, certificate: (authority) => authority.issue(["other.example"]) });
    expect(wrong.gateway.seen.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
    expect(wrong.checks.find(({ check }) => check === "with a session")).toMatchObject({ verdict: "skipped" });
  });
});
