import { cleanHeaders } from "../../constructs/access/headers";
import {
  gateAddress,
  gateMiddleware,
  gatePath,
  loginObjects,
  loginRelease,
  redirectUri,
} from "../../constructs/access/portal-gate";
import { GATES, HOST, PROVIDER, redirects, specs } from "./support";

const { main } = GATES;
if (main === undefined) throw new Error("there is no gate main");

/** What was tried before, and what came of it. None of them may come back. */
const FAILED: readonly (readonly [address: RegExp, outcome: string])[] = [
  [/\/oauth2\/start/, "redirect loops"],
  [/\/oauth2\/sign_in/, "a page with 200, which is leave to pass"],
  [/\/oauth2\/auth$/, "401 and no way to the login; it is below the gate's own path here"],
  [/^https:/, "a gate that needs DNS, a certificate and Traefik to answer Traefik"],
  [/\?/, "an address that the client has a part in"],
];

test("a page asks the root of the proxy, everything else its auth page", () => {
  expect(gateAddress(main, "page")).toBe("http://oauth2-proxy.gate-main.svc.cluster.local/");
  expect(gateAddress(main, "script")).toBe("http://oauth2-proxy.gate-main.svc.cluster.local/oauth2/main/auth");
});

test("a proxy at another port is asked there", () => {
  expect(gateAddress({ ...main, port: 4180 }, "page")).toBe("http://oauth2-proxy.gate-main.svc.cluster.local:4180/");
});

describe.each(["page", "script"] as const)("the question about a %s", (visit) => {
  test("believes nothing that the client says, and reads a short answer only", () => {
    expect(gateMiddleware(main, visit)).toEqual({
      forwardAuth: {
        address: gateAddress(main, visit),
        trustForwardHeader: false,
        authResponseHeaders: ["X-Auth-Request-User", "X-Auth-Request-Email"],
        maxResponseBodySize: 65_536,
      },
    });
  });

  test.each(FAILED)("is not asked at %s: %s", (address) => {
    expect(gateAddress(main, visit)).not.toMatch(address);
  });
});

test("a page never asks where 401 is all that is said", () => {
  expect(gateAddress(main, "page")).not.toContain("auth/");
  expect(new URL(gateAddress(main, "page")).pathname).toBe("/");
});

test("each gate has a path of its own, so that two may guard one host", () => {
  expect([gatePath("main"), gatePath("Ops.EU")]).toEqual(["/oauth2/main", "/oauth2/ops-eu"]);
  expect(redirectUri("main", HOST)).toBe("https://app.acme.example/oauth2/main/callback");
});

test("the login of a host stands in the gate's namespace, behind clean headers and a limit of its own", () => {
  const name = loginRelease({ guarded: "app" });
  const props = { gate: main, guarded: "app", host: HOST, entryPoint: "edge" } as const;
  expect(name).toBe("login-app");
  expect(JSON.parse(JSON.stringify(loginObjects(props)))).toEqual([
    {
      apiVersion: "traefik.io/v1alpha1",
      kind: "Middleware",
      metadata: { name: "login-app-strip-headers", namespace: "gate-main" },
      spec: cleanHeaders(HOST, "edge"),
    },
    {
      apiVersion: "traefik.io/v1alpha1",
      kind: "Middleware",
      metadata: { name: "login-app-rate", namespace: "gate-main" },
      spec: { rateLimit: { average: 20, burst: 40, sourceCriterion: { ipStrategy: { depth: 1 } } } },
    },
    {
      apiVersion: "traefik.io/v1alpha1",
      kind: "IngressRoute",
      metadata: { name: "login-app", namespace: "gate-main" },
      spec: {
        entryPoints: ["edge"],
        tls: {},
        routes: [
          {
            kind: "Rule",
            match: "Host(`app.acme.example`) && PathPrefix(`/oauth2/main/`) && (Method(`GET`) || Method(`HEAD`))",
            priority: 39_990,
            middlewares: [{ name: "login-app-strip-headers" }, { name: "login-app-rate" }],
            services: [{ kind: "Service", name: "oauth2-proxy", port: 80 }],
          },
        ],
      },
    },
  ]);
});

test("where clients connect themselves, the login's limit counts connections", () => {
  const [, rate] = loginObjects({ gate: main, guarded: "app", host: HOST, entryPoint: "machine" });
  expect(JSON.parse(JSON.stringify(rate))).toMatchObject({
    spec: { rateLimit: { sourceCriterion: { ipStrategy: { depth: 0 } } } },
  });
});

test("every gate that a table names serves its login on the host, and the provider knows the way back", () => {
  expect(Object.keys(specs()).filter((key) => key.includes(" gate-"))).toEqual([
    "Middleware gate-main/login-app-strip-headers",
    "Middleware gate-main/login-app-rate",
    "IngressRoute gate-main/login-app",
  ]);
  expect(redirects()).toEqual([
    {
      provider: PROVIDER.name,
      client: "gate-platform-main",
      uri: "https://app.acme.example/oauth2/main/callback",
      environment: "staging",
      owner: "l2-base-test/routes",
    },
  ]);
});
