import type { Json } from "../../../constructs/core/json";
import { blocks } from "../../../constructs/core/synth/stack-json";
import { at, list, texts } from "../../helpers/releases";
import { inExamples } from "./support/example";
import { podsOf } from "./support/pods";
import { hostsOf } from "./support/routes";
import { servicesOf } from "./support/services";

inExamples((example) => {
  const { program, releases, routes, admitted } = example;

  test("every route leads to a Service of its namespace, at a port that the Service has, and Traefik may go there", () => {
    expect(routes.length).toBeGreaterThan(3);
    for (const { release, route } of routes) {
      const services = servicesOf(example.beside(release));
      for (const backend of list(at(route.json, "spec", "routes")).flatMap((rule) => list(rule.services))) {
        if (backend.kind === "TraefikService") continue;
        const port = services[String(backend.name)];
        expect({ host: hostsOf(route)[0], service: backend.name, port: port?.port }).toMatchObject({
          service: expect.any(String),
          port: backend.port,
        });
        const pods = { namespace: release.namespace, labels: port?.labels ?? {} };
        expect({ to: backend.name, admitted: admitted(release.cluster, "traefik", pods, port?.pods ?? 0) }).toEqual({
          to: backend.name,
          admitted: true,
        });
      }
    }
  });

  test("every Service of ours finds its pods, and they listen at its port", () => {
    for (const release of releases) {
      for (const { name, json } of release.objects.filter(({ kind }) => kind === "Service")) {
        const pods = podsOf(example.beside(release), json);
        const open = pods.flatMap((pod) => list(at(pod, "spec", "containers")).flatMap((each) => list(each.ports)));
        for (const { targetPort } of list(at(json, "spec", "ports"))) {
          expect({ name, open: open.map((each) => each.name) }).toEqual({
            name,
            open: expect.arrayContaining([targetPort]),
          });
        }
      }
    }
  });

  test("every host has a certificate that its stack owns, in the namespace of its routes but for logins, and a DNS record", () => {
    for (const { release, route } of routes) {
      const secret = at(route.json, "spec", "tls", "secretName");
      // A gate's login stands in the gate's namespace: Traefik finds the certificate of the host by its name.
      const login = release.namespace.startsWith("gate-");
      expect({ route: route.name, secret }).toEqual({
        route: route.name,
        secret: login ? undefined : expect.any(String),
      });
      const beside = releases.filter(({ stack, cluster }) => stack === release.stack && cluster === release.cluster);
      const [host] = hostsOf(route);
      const certificate = (login ? beside : [release])
        .flatMap(({ objects }) => objects)
        .find(
          ({ kind, json }) =>
            kind === "Certificate" &&
            (login ? texts(at(json, "spec", "dnsNames"))[0] === host : at(json, "spec", "secretName") === secret),
        );
      const stack = program.stacks.find(({ id }) => id === release.stack);
      const records =
        stack === undefined ? [] : blocks(stack, "resource").filter(({ type }) => /dns_record/.test(type));
      expect(new Set(hostsOf(route)).size).toBe(1);
      for (const host of new Set(hostsOf(route))) {
        expect(texts(at(certificate?.json, "spec", "dnsNames"))).toEqual([host]);
        expect(records.map(({ body }) => body.name)).toContain(host);
      }
    }
  });

  test("every middleware, transport and account that an object names stands in its namespace", () => {
    for (const { release, route } of routes) {
      const beside = example.beside(release).flatMap(({ objects }) => objects);
      const has = (kind: string, name: Json | undefined) =>
        beside.some((each) => each.kind === kind && each.name === name);
      for (const rule of list(at(route.json, "spec", "routes"))) {
        for (const { name } of list(rule.middlewares))
          expect({ name, there: has("Middleware", name) }).toEqual({ name, there: true });
        for (const { serversTransport: name } of list(rule.services)) {
          if (name !== undefined) expect(has("ServersTransport", name)).toBe(true);
        }
      }
    }
  });
});
