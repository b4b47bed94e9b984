import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { IngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import type { App } from "cdktf";
import { describe as words } from "../../constructs/core/errors";
import { claimOwnership } from "../../constructs/core/ownership";
import { type ManifestObject, ManifestSet } from "../../constructs/kubernetes/manifest-set";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { clusterStack, refusals, render } from "../helpers/program";

const HOST = "app.dev.acme.example";

function route(secretName?: string, match = `Host(\`${HOST}\`) && PathPrefix(\`/\`)`): ManifestObject {
  const services = [{ kind: "Service" as const, name: "web", port: 80 }];
  return new IngressRoute({
    metadata: { name: "web", namespace: "app" },
    spec: { tls: secretName === undefined ? {} : { secretName }, routes: [{ kind: "Rule", match, services }] },
  });
}

function certificate(dnsName: string, secretName = "web-tls", namespace = "app"): ManifestObject {
  return new Certificate({
    metadata: { name: "web", namespace },
    spec: { secretName, dnsNames: [dnsName], issuerRef: { name: "letsencrypt" } },
  });
}

/** A program with these objects and records. */
const program =
  (manifests: readonly ManifestObject[], records: readonly string[] = [`acme.example/${HOST}/A`]) =>
  (app: App) => {
    const { stack, target } = clusterStack(app);
    for (const name of ["app", "other"]) new TenantNamespace(stack, name, { target, name });
    for (const key of records) claimOwnership(stack, "dns-record", key);
    const waiting = { until: "submitted", reason: "nothing of it starts" } as const;
    new ManifestSet(stack, "objects", { target, release: "web", namespace: "app", manifests, waiting });
  };

/** What a program is refused for, as a user reads it. */
const refusal = (build: (app: App) => void) =>
  refusals(build)
    .map((issue) => `${issue.where}: ${words(issue)}`)
    .join("\n");

const NO_SECRET = `l2-base-test/objects: host has no certificate in secret web-tls of app (found "${HOST}"). Expose the host with RouteTable, or add a Certificate with its name.`;

test("a host with its own certificate and its own record is in order", () => {
  expect(() => render(program([route("web-tls"), certificate(HOST)]))).not.toThrow();
});

test("so is one below a wildcard of its first label, in both", () => {
  const wildcard = "*.dev.acme.example";
  const build = program([route("web-tls"), certificate(wildcard)], [`acme.example/${wildcard}/A`]);
  expect(() => render(build)).not.toThrow();
});

test.each([
  ["a wildcard two labels up", "*.acme.example"],
  ["the zone itself", "acme.example"],
  ["another host", "web.dev.acme.example"],
])("%s is not its certificate", (_, name) => {
  expect(refusal(program([route("web-tls"), certificate(name)]))).toBe(NO_SECRET);
});

test.each([
  ["a wildcard two labels up", ["acme.example/*.acme.example/A"]],
  ["a text", [`acme.example/${HOST}/TXT`]],
  ["nothing", []],
])("%s is not its record", (_, records) => {
  expect(refusal(program([route("web-tls"), certificate(HOST)], records))).toBe(
    `l2-base-test/objects: host has no DNS record in this program (found "${HOST}"). Add a DnsRecord for it, or for *.dev.acme.example, to the stack that owns the route.`,
  );
});

test.each([
  ["in another namespace", certificate(HOST, "web-tls", "other")],
  ["in another secret", certificate(HOST, "other-tls")],
])("a certificate %s is not the one that the route names", (_, other) => {
  expect(refusal(program([route("web-tls"), other]))).toBe(NO_SECRET);
});

test("a route that names no secret takes any certificate of its cluster with the name", () => {
  expect(() => render(program([route(), certificate(HOST, "any", "other")]))).not.toThrow();
  expect(refusal(program([route(), certificate("web.dev.acme.example")]))).toBe(
    `l2-base-test/objects: host has no certificate in cluster test (found "${HOST}"). Expose the host with RouteTable, or add a Certificate with its name.`,
  );
});

test("every host of a rule is looked at, whatever letters it is written in", () => {
  const match = `(Host(\`${HOST.toUpperCase()}\`) || Host(\`b.acme.example\`)) && PathPrefix(\`/\`)`;
  const problems = refusals(program([route("web-tls", match), certificate(HOST)])).map(({ value }) => value);
  expect(problems).toEqual(["b.acme.example", "b.acme.example"]);
});

test("a route for every host is refused", () => {
  expect(refusal(program([route("web-tls", "PathPrefix(`/`)")]))).toBe(
    'l2-base-test/objects: a route names no host, and would answer for every host (found "PathPrefix(`/`)"). Begin the rule with Host(...), as RouteTable does.',
  );
});

describe("in a build of some stacks", () => {
  test("a record, and the certificate of a route that names no secret, may belong to the others", () => {
    expect(() => render(program([route()], []), false)).not.toThrow();
  });

  test("a secret that a route names and its stack does not bring is wrong all the same", () => {
    expect(refusals(program([route("web-tls")], []), false).map(({ problem }) => problem)).toEqual([
      "host has no certificate in secret web-tls of app",
    ]);
  });
});
