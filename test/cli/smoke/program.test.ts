import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isSent, probesOf } from "../../../cli/smoke/checks/probes";
import { environmentRoutes } from "../../../cli/smoke/program/environment";
import { readRoutes } from "../../../cli/smoke/program/rows";
import { fulfils, parseRule, valuesOf } from "../../../cli/smoke/program/rule";
import { treatmentOf } from "../../../cli/smoke/program/treatment";
import { loadExample, synthesize, writeSynthesized } from "../../helpers/examples";
import { APP, ROWS, SIGN_ON, type TestRow, writeRoutes } from "./support/program";

describe("a rule of the gateway", () => {
  const RULE =
    "Host(`a.example`) && (Path(`/x`) || PathPrefix(`/x/`)) && !Method(`DELETE`) && (Header(`K`, `v`) || PathRegexp(`y$`))";
  const request = { host: "a.example", path: "/x/y", method: "GET" };

  test.each([
    ["what it names", {}, true],
    ["another host", { host: "b.example" }, false],
    ["a path that only begins alike", { path: "/xy" }, false],
    ["the method that it excludes", { method: "DELETE" }, false],
    ["a header in place of the path", { path: "/x", headers: { k: "v" } }, true],
    ["another value of that header", { path: "/x", headers: { k: "w" } }, false],
  ])("is fulfilled or not by %s", (_, changed, fulfilled) => {
    expect(fulfils({ ...request, ...changed }, parseRule(RULE))).toBe(fulfilled);
  });

  it("binds and closer than or", () => {
    const rule = parseRule("Path(`/a`) || Path(`/b`) && Method(`GET`)");
    expect(fulfils({ host: "h", path: "/a", method: "POST" }, rule)).toBe(true);
    expect(fulfils({ host: "h", path: "/b", method: "POST" }, rule)).toBe(false);
  });

  it("with a matcher that is unknown here is never fulfilled", () => {
    expect(fulfils(request, parseRule("ClientIP(`10.0.0.0/8`)"))).toBe(false);
  });

  it("names what it asks for, not what it excludes", () => {
    expect(valuesOf(parseRule("Host(`a`) && !Method(`PUT`) && (Method(`GET`) || Method(`HEAD`))"), "Method")).toEqual([
      "GET",
      "HEAD",
    ]);
  });

  test.each(["Host(`a`", "Host(`a`) &&", "Host(`a`) Path(`/`)", "&& Host(`a`)", "Host(a)", "#"])(
    "%s is none",
    (text) => {
      expect(() => parseRule(text)).toThrow(/rule/);
    },
  );
});

describe("what middlewares do", () => {
  it("is told in the words of the route table", () => {
    const treatment = treatmentOf([
      { headers: { customRequestHeaders: { A: "", B: "b" }, stsSeconds: 60, customResponseHeaders: { C: "" } } },
      { rateLimit: { average: 5, period: "1m" } },
      { buffering: { maxRequestBodyBytes: 2048 } },
      { inFlightReq: { amount: 3 } },
      { ipAllowList: { sourceRange: ["10.0.0.0/8"] } },
      { forwardAuth: { address: "http://gate/", authResponseHeaders: ["U"] } },
      { stripPrefix: { prefixes: ["/api"] } },
      { compress: {} },
    ]);
    expect(treatment).toEqual({
      gate: "http://gate/",
      refuses: undefined,
      gateHeaders: ["U"],
      removedHeaders: ["A"],
      setHeaders: { B: "b" },
      answerHeaders: { C: "" },
      strictTransportSeconds: 60,
      strippedPrefixes: ["/api"],
      limits: ["5 requests/1m, burst 1", "body 2 KiB", "3 requests at once", "from 10.0.0.0/8 only"],
      others: ["compress"],
    });
    expect(treatmentOf([{ ipAllowList: { sourceRange: ["255.255.255.255/32"], rejectStatusCode: 404 } }]).refuses).toBe(
      404,
    );
  });
});

describe("the routes of a program", () => {
  it("are read with what is rendered for each", () => {
    const { rows, rowOf } = readRoutes(writeRoutes());
    expect(rows.map(({ label }) => label)).toEqual(ROWS.map((row) => row.path));
    const at = (path: string, method = "GET") => rowOf({ host: APP, path, method })?.label;
    expect([at("/api/metrics"), at("/api/metrics/x"), at("/api/metricsx"), at("/")]).toEqual([
      "/api/metrics/*",
      "/api/metrics/*",
      "/api/*",
      "/*",
    ]);
    expect([at("/api/track", "POST"), at("/api/track", "OPTIONS"), at("/api/track")]).toEqual([
      "/api/track",
      "/api/track",
      "/api/*",
    ]);
    expect(rows.find(({ path }) => path === "/api/track")).toMatchObject({
      match: "exact",
      methods: ["POST"],
      rendered: { backend: "backend:3000", treatment: { limits: ["50 requests/s, burst 200"] } },
    });
  });

  it("have for a gated row its page and its preflight, and for denied ones what is left without their middleware", () => {
    const { rows, rowOf } = readRoutes(writeRoutes());
    const at = (label: string) => rows.find((row) => row.label === label);
    expect(at("/*")).toMatchObject({
      rendered: { priority: 10_000, treatment: { gate: "http://oauth2-proxy.gate-main/oauth2/main/auth" } },
      beside: {
        page: { priority: 10_001, treatment: { gate: "http://oauth2-proxy.gate-main/" } },
        preflight: { priority: 10_002, treatment: { gate: undefined } },
      },
    });
    expect(at("/api/metrics/*")).toMatchObject({
      rendered: { treatment: { refuses: 403 } },
      beside: { fallback: { priority: 40_000, backend: undefined, treatment: { refuses: undefined } } },
    });
    expect(at("/live/*")?.beside).toEqual({});
    const page = { host: APP, path: "/", method: "GET", headers: { accept: "text/html" } };
    expect([rowOf(page)?.label, rowOf({ ...page, method: "OPTIONS" })?.label]).toEqual(["/*", "/*"]);
    expect(rowOf({ ...page, path: "/oauth2/main/callback" })?.label).toBe("/oauth2/main/*");
  });

  test.each([
    ["the rule for pages of a gated row", "HeaderRegexp", "a gated route has no rule for pages"],
    ["the rule for preflight requests", "Method(`OPTIONS`)\\", "a gated route has no rule for preflight requests"],
    ["the fallback of denied rows", "noop@internal", "a denied route has no rule for want of its middleware"],
  ])("can't be read without %s", (_, mark, problem) => {
    const folder = writeRoutes();
    const file = path.join(folder, "stacks/l4-apps-staging/cdk.tf.json");
    const spoiled = { HeaderRegexp: "Query", "Method(`OPTIONS`)\\": "Method(`TRACE`)\\", "noop@internal": "web" }[mark];
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(mark, spoiled ?? ""));
    expect(() => readRoutes(folder)).toThrow(problem);
  });

  it("may name a chain of middlewares", () => {
    const row: TestRow = { host: APP, path: "/*", class: "public", middlewares: ["both"] };
    expect(readRoutes(writeRoutes([row])).rows[0]?.rendered.treatment.limits).toEqual(["50 requests/s, burst 200"]);
  });

  it("can't be read when a middleware is missing: the gateway would drop the route", () => {
    const row: TestRow = { host: APP, path: "/*", class: "public", middlewares: ["gone"] };
    expect(() => readRoutes(writeRoutes([row]))).toThrow(/names a middleware that the stack does not have.*shop\/gone/);
  });

  it("can't be read when program and stacks are of different runs", () => {
    const folder = writeRoutes();
    const file = path.join(folder, "program.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("/script.js", "/other.js"));
    expect(() => readRoutes(folder)).toThrow(/lists a route that l4-apps-staging does not render.*other\.js/);
  });

  test.each([
    ["is missing", undefined, /is not there, or no JSON/],
    ["is another document", "{}", /is not the description of a program/],
  ])("can't be read when the description %s", (_, text, problem) => {
    const folder = writeRoutes();
    if (text === undefined) expect(() => readRoutes(`${folder}-gone`)).toThrow(problem);
    else writeFileSync(path.join(folder, "program.json"), text);
    if (text !== undefined) expect(() => readRoutes(folder)).toThrow(problem);
  });
});

describe("the routes of an environment", () => {
  const program = readRoutes(writeRoutes());

  it("are those of its applications; logins are below", () => {
    const { own, platform, loginHosts } = environmentRoutes(program, "staging");
    expect(new Set(own.map(({ host }) => host))).toEqual(new Set([APP]));
    expect(platform.map(({ host }) => host)).toEqual([SIGN_ON]);
    expect(loginHosts).toEqual(new Set([SIGN_ON]));
  });

  it("are not there for a name that no environment has", () => {
    expect(() => environmentRoutes(program, "stagin")).toThrow(
      /no such environment \(found "stagin"\). Use one of staging/,
    );
  });

  it.each(["gated", "public"] as const)("a %s page of the platform is no login", (kind) => {
    const page: TestRow = { host: "pods.acme.example", path: "/*", class: kind, stack: "l2-services-platform" };
    const { loginHosts } = environmentRoutes(readRoutes(writeRoutes([...ROWS, page])), "staging");
    expect([...loginHosts]).toEqual([SIGN_ON]);
  });

  it("are not known without what the program declares of identity", () => {
    const folder = writeRoutes();
    writeFileSync(path.join(folder, "identity.json"), "{}");
    expect(() => environmentRoutes(readRoutes(folder), "staging")).toThrow("not what a program declares of identity");
  });
});

describe("the example organisation", () => {
  const program = readRoutes(writeSynthesized(synthesize(loadExample("acme"))));

  it.each(["staging", "prod"])("has requests for every row of %s, each answered by the row that it is for", (name) => {
    const { own, loginHosts } = environmentRoutes(program, name);
    expect(own.length).toBeGreaterThan(20);
    const options = { program, loginHosts, allMethods: false, session: true };
    for (const row of own) {
      const probes = probesOf(row, options).filter((probe) => isSent(probe, options));
      const checks = probes.map(({ check }) => check);
      expect(checks).toEqual(expect.arrayContaining(["forged headers", "another host"]));
      // A login has no preflight requests.
      if (!row.label.startsWith("/oauth2/")) expect(checks).toContain("OPTIONS");
      if (row.class !== "denied") continue;
      expect(checks).toContain("path in disguise");
    }
    expect([...loginHosts]).toEqual(["sso.acme.example"]);
    expect(own.map(({ label }) => label)).toContain("/oauth2/main/*");
  });

  it("has logins on the platform's hosts, also for a cluster of its own", () => {
    const { loginHosts } = environmentRoutes(program, "prod");
    expect([...loginHosts]).toEqual(expect.arrayContaining(["sso.acme.example"]));
  });
});
