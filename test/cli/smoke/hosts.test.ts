import { deviationTests } from "./support/deviations";
import { GOOD, type Parts } from "./support/gateway";
import { APP, ROWS, SIGN_ON, writeRoutes } from "./support/program";
import { checksAgainst, HOSTS } from "./support/smoke";

// Hundreds of handshakes on a busy machine take their time.
jest.setTimeout(60_000);

deviationTests([
  [
    "the login page is down",
    { login: () => ({ status: 500 }) },
    ["host | login page | down"],
    `https://${SIGN_ON}/login/oauth/authorize: 500`,
  ],
  [
    "plain HTTP is served",
    { cleartext: () => ({ status: 200, body: "hello" }) },
    ["host | plain HTTP | cleartext"],
    "served without encryption",
  ],
  [
    "plain HTTP leads to plain HTTP",
    { cleartext: ({ host, url }) => ({ status: 301, headers: { location: `http://${host}${url}/` } }) },
    ["host | plain HTTP | cleartext"],
    "served without encryption",
  ],
]);

describe("what is deployed in another way than declared is found and named", () => {
  it("a host does not say HSTS though its routes do", async () => {
    const folder = writeRoutes(
      ROWS.map((row) => (row.path === "/script.js" ? { ...row, middlewares: ["hsts"] } : row)),
    );
    expect((await checksAgainst({ folder })).failed).toEqual(["host | HSTS | hsts"]);
    const headers = { "strict-transport-security": "max-age=31536000; includeSubDomains" };
    const parts: Partial<Parts> = { application: (seen) => ({ ...GOOD.application(seen), headers }) };
    expect((await checksAgainst({ folder, parts })).failed).toEqual([]);
  });
});

describe("a certificate", () => {
  it.each([
    ["of another host", ["other.example"], -1, 60, "it is of other.example, not of this host"],
    ["that is over", HOSTS, -90, -2, "it expired on 20"],
    ["that is not valid yet", HOSTS, 2, 60, "it is not valid yet"],
    ["that ends soon", HOSTS, -80, 3, "3 days left"],
  ])("%s is found, and the routes are checked all the same", async (_, hosts, from, until, got) => {
    const { code, failed, checks } = await checksAgainst({
      certificate: (authority) => authority.issue(hosts, from, until),
      args: ["--platform"],
    });
    expect(code).toBe(2);
    expect(failed.filter((each) => !each.includes("login page"))).toEqual(
      HOSTS.map(() => "host | certificate | certificate"),
    );
    expect(checks.find(({ check }) => check === "certificate")?.got).toContain(got);
    expect(checks.find(({ row, check }) => row === "/*" && check === "XHR")?.verdict).toBe("ok");
  });

  it("lasts as long as was asked for", async () => {
    const { failed } = await checksAgainst({ args: ["--certificate-days", "90"] });
    expect(failed).toEqual(["host | certificate | certificate"]);
  });

  it("of an authority that nobody trusts is found", async () => {
    const { failed, checks } = await checksAgainst({ trustAuthority: false });
    expect(failed).toContain("host | certificate | certificate");
    expect(checks.find(({ check }) => check === "certificate")?.got).toContain("nobody trusted signed it");
  });
});

describe("a host that is not there", () => {
  it("has no address, and its rows are not asked", async () => {
    const { code, failed, checks } = await checksAgainst({ pinned: [SIGN_ON] });
    expect({ code, failed }).toEqual({ code: 2, failed: ["host | DNS | dns"] });
    expect(checks.filter(({ row }) => row !== undefined).map(({ verdict }) => verdict)).toEqual(
      Array(ROWS.filter(({ host }) => host === APP).length).fill("skipped"),
    );
  });

  it("does not listen", async () => {
    const { failed } = await checksAgainst({ pinned: [], args: ["--resolve", `${APP}=127.0.0.1:1`] });
    expect(failed).toEqual(["host | certificate | unreachable"]);
  });
});
