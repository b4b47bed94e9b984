import { authorize, FORBIDDEN, GOOD, LOGIN_PAGE, NOT_FOUND, type Parts, SESSION } from "./support/gateway";
import { APP, ROWS, SIGN_ON, writeRoutes } from "./support/program";
import { checksAgainst, HOSTS, smokeAgainst } from "./support/smoke";

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

describe("what is deployed in another way than declared is found and named", () => {
  const toLogin = { status: 302, headers: { location: authorize("n:/") } };
  const gate = (answer: Parts["gate"]): Partial<Parts> => ({ gate: answer });
  const route = (path: string, answer: Parts["route"]): Partial<Parts> => ({
    route: (seen, parts) => (seen.path.startsWith(path) ? answer(seen, parts) : GOOD.route(seen, parts)),
  });
  const page = { status: 200, headers: { "content-type": "text/html" }, body: "<h1>Shop</h1>" };

  const CASES: readonly (readonly [what: string, parts: Partial<Parts>, found: readonly string[], got: string])[] = [
    [
      "a gated page is open",
      gate(() => page),
      ["/* | browser | open", "/api/* | XHR | open", "/* | WebSocket | open"],
      "let in",
    ],
    [
      "a public path is redirected to the login",
      route("/script.js", () => toLogin),
      ["GET, HEAD /script.js | browser | shut", "GET, HEAD /script.js | OPTIONS | shut"],
      "the login",
    ],
    [
      "a machine path is redirected to the login",
      route("/api/export", (seen, parts) => parts.gate(seen, parts)),
      ["/api/export/* | browser | shut"],
      "the login",
    ],
    [
      "an ingestion path is behind the gate",
      route("/api/track", (seen, parts) => parts.gate(seen, parts)),
      ["POST /api/track | forged headers | shut"],
      "the login",
    ],
    [
      "a forged header comes through to an application",
      { application: ({ headers }) => ({ status: 200, body: JSON.stringify(headers) }) },
      ["GET, HEAD /script.js | forged headers | forged", "/live/* | forged headers | forged"],
      "what a forged X-Auth-Request-User, X-Auth-Request-Email, ",
    ],
    [
      "a forged header opens a gated page",
      gate((seen, parts) => (seen.headers["x-auth-request-user"] ? page : GOOD.gate(seen, parts))),
      ["/* | forged headers | forged", "/api/* | forged headers | forged"],
      "let in",
    ],
    [
      "an XHR gets the login page with 200",
      gate((seen, parts) => (seen.headers.accept === "application/json" ? LOGIN_PAGE : GOOD.gate(seen, parts))),
      ["/* | XHR | xhr", "/api/* | XHR | xhr"],
      "a login page",
    ],
    [
      "an XHR is redirected",
      gate((seen, parts) => GOOD.gate({ ...seen, headers: { accept: "text/html" } }, parts)),
      ["/* | XHR | xhr", "/api/* | XHR | xhr"],
      "it can't log in",
    ],
    ["the gate is down", gate(() => ({ status: 502 })), ["/* | browser | down", "/api/* | XHR | down"], "is down"],
    [
      "a browser gets 401 and no way to log in",
      gate(() => ({ status: 401 })),
      ["/* | browser | login", "/api/* | browser | login"],
      "no way to the login",
    ],
    [
      "the login is at another place",
      gate((seen, parts) =>
        seen.headers.accept?.includes("json")
          ? GOOD.gate(seen, parts)
          : { status: 302, headers: { location: authorize(`n:${seen.url}`, APP, "evil.example") } },
      ),
      ["/* | browser | login"],
      "not the gate's login",
    ],
    ...[
      ["another host", "auth-platform.acme.example", "/oauth2/main/callback"],
      ["another gate", APP, "/oauth2/staff/callback"],
      ["a page of the application", APP, "/oauth2/main/callback/../../../steal"],
    ].map(
      ([whose, host = "", callback]) =>
        [
          `the login would send its code to ${whose}`,
          gate((seen, parts) =>
            seen.headers.accept?.includes("html")
              ? { status: 302, headers: { location: authorize(`n:${seen.url}`, host, SIGN_ON, callback) } }
              : GOOD.gate(seen, parts),
          ),
          ["/* | browser | login", "/api/* | browser | login"],
          `which would send the login's code to https://${host}`,
        ] as const,
    ),
    [
      "a gate sends a browser to a page of its own first",
      gate((seen, parts) =>
        seen.headers.accept?.includes("html")
          ? { status: 302, headers: { location: `/oauth2/main/start?rd=${encodeURIComponent(seen.url)}` } }
          : GOOD.gate(seen, parts),
      ),
      ["/* | browser | login"],
      "not the gate's login",
    ],
    [
      "a program that takes anything is sent to the login",
      gate((seen, parts) =>
        seen.headers.accept === "*/*"
          ? { status: 302, headers: { location: authorize("n:/") } }
          : GOOD.gate(seen, parts),
      ),
      ["/* | program | xhr", "/api/* | program | xhr"],
      "it can't log in",
    ],
    [
      "a denied path is refused by the fallback only",
      route("/api/metrics", () => ({ status: 418 })),
      ["/api/metrics/* | browser | missing", "/api/metrics/* | forged headers | missing"],
      "what is left without the middleware",
    ],
    [
      "the login of a gate is not served on the host",
      route("/oauth2/main", () => NOT_FOUND),
      ["GET, HEAD /oauth2/main/* | browser | missing"],
      "the gateway has no route",
    ],
    [
      "the deep link is lost",
      gate((seen, parts) => GOOD.gate({ ...seen, url: seen.path }, parts)),
      ["/* | browser, a page below | deep-link", "/api/* | browser, a page below | deep-link"],
      "without the page that was asked for",
    ],
    [
      "a forged host gets into the link back",
      gate((seen, parts) => GOOD.gate({ ...seen, host: String(seen.headers["x-forwarded-host"] ?? seen.host) }, parts)),
      ["/* | forged headers | forged"],
      "what a forged X-Forwarded-Host said",
    ],
    [
      "a preflight request meets the gate",
      {
        route: (seen, parts) =>
          seen.host === APP && seen.method === "OPTIONS" ? { status: 401, body: "{}" } : GOOD.route(seen, parts),
      },
      ["/* | OPTIONS | shut", "/api/* | OPTIONS | shut"],
      "refused, as by a gate",
    ],
    [
      "a WebSocket connects without a session",
      gate((seen, parts) => (seen.websocket ? { status: 101 } : GOOD.gate(seen, parts))),
      ["/* | WebSocket | open"],
      "connected",
    ],
    [
      "a public WebSocket gets the login",
      route("/live", (seen) => (seen.websocket ? toLogin : GOOD.application(seen))),
      ["/live/* | WebSocket | shut"],
      "the login",
    ],
    [
      "a denied path reaches the application",
      route("/api/metrics", (seen, parts) => parts.application(seen)),
      ["/api/metrics/* | browser | open", "/api/metrics/* | path in disguise | open"],
      "something behind the route answered",
    ],
    [
      "a denied path is only gated",
      route("/api/metrics", (seen, parts) => parts.gate(seen, parts)),
      ["/api/metrics/* | browser | open"],
      "something behind the route answered",
    ],
    [
      "a denied path opens when it is written in another way",
      {
        route: (seen, parts) => (/%[0-9A-F]{2}/.test(seen.url) ? parts.application(seen) : GOOD.route(seen, parts)),
      },
      ["/api/metrics/* | path in disguise | open"],
      "let in",
    ],
    [
      "a route is missing",
      route("/script.js", () => NOT_FOUND),
      ["GET, HEAD /script.js | browser | missing"],
      "the gateway has no route",
    ],
    [
      "a public path is refused by the gateway",
      route("/script.js", () => FORBIDDEN),
      ["GET, HEAD /script.js | browser | shut"],
      "refused by the gateway",
    ],
    [
      "the application is down",
      { application: () => ({ status: 503 }) },
      ["GET, HEAD /script.js | browser | down", "/api/export/* | XHR | down"],
      "is down",
    ],
    [
      "an undeclared method is let through",
      route("/api/track", () => ({ status: 200, body: "ok" })),
      ["POST /api/track | GET, not declared (/api/*) | open"],
      "let in",
    ],
    [
      "every host is answered for",
      { route: (seen, parts) => GOOD.route(HOSTS.includes(seen.host) ? seen : { ...seen, host: APP }, parts) },
      ["/live/* | another host | open"],
      "a host that nobody declared",
    ],
    [
      "a rate limit is met",
      route("/live", () => ({ status: 429 })),
      ["/live/* | browser | limited"],
      "lower --concurrency",
    ],
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
  ];

  it.each(CASES)("%s", async (_, parts, found, got) => {
    const { code, failed, checks } = await checksAgainst({ parts });
    expect(code).toBe(2);
    expect(failed).toEqual(expect.arrayContaining([...found]));
    const named = checks.filter(({ row = "host", check, problem }) => found.includes(`${row} | ${check} | ${problem}`));
    expect(named.map((each) => each.got).join("\n")).toContain(got);
  });

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
