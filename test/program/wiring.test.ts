import { isJsonObject, type Json } from "../../constructs/core/json";
import { blocks } from "../../constructs/core/synth/stack-json";
import { loadPlatform } from "../../schema/load";
import { describeProgram } from "../../stacks/description";
import { loadExample, type Synthesized, synthesize } from "../helpers/examples";
import { misconfigured, removeMistakes } from "../helpers/mistakes";
import { at, type KubernetesObject, list, type Release, releasesOf, texts } from "../helpers/releases";

afterAll(removeMistakes);

/** A port of a Service, and the port of the pods behind it: that is what network policies see. */
interface Port {
  readonly port: number;
  readonly pods: number;
  /** Labels of those pods. @default - none that a policy looks at */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Services that charts make, as their values say. */
const CHART_SERVICES: Readonly<Record<string, (release: Release) => Readonly<Record<string, Port>>>> = {
  vault: () => ({ vault: { port: 8200, pods: 8200 } }),
  "casdoor-helm-charts": ({ name, values }) => {
    const port = Number(at(values, "service", "port"));
    return { [name]: { port, pods: port } };
  },
  // Both charts name the Service after the release.
  grafana: ({ name, values }) => ({ [name]: { port: Number(at(values, "service", "port")), pods: 3000 } }),
  headlamp: ({ name, values }) => ({ [name]: { port: Number(at(values, "service", "port")), pods: 4466 } }),
  "oauth2-proxy": ({ values }) => ({
    [String(values.fullnameOverride)]: { port: Number(at(values, "service", "portNumber")), pods: 4180 },
  }),
};

/** Who runs the custom resources of an API group: chart and stack step. */
const OPERATORS: Readonly<Record<string, string>> = {
  "cert-manager.io": "cert-manager",
  "traefik.io": "traefik",
  "external-secrets.io": "external-secrets",
  "generators.external-secrets.io": "external-secrets",
  "postgresql.cnpg.io": "cloudnative-pg",
  "clickhouse.altinity.com": "altinity-clickhouse-operator",
};

describe.each(["acme", "minimal"] as const)("in examples/%s", (example) => {
  const program = synthesize(loadExample(example));
  const releases = releasesOf(program.stacks);
  const routes = releases.flatMap((release) =>
    release.objects.filter(({ kind }) => kind === "IngressRoute").map((route) => ({ release, route })),
  );
  const objectsBeside = ({ cluster, namespace }: Release) =>
    releases.filter((other) => other.cluster === cluster && other.namespace === namespace);
  const admitted = policies(program);

  test("every route leads to a Service of its namespace, at a port that the Service has, and Traefik may go there", () => {
    expect(routes.length).toBeGreaterThan(3);
    for (const { release, route } of routes) {
      const services = servicesOf(objectsBeside(release));
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
        const pods = podsOf(objectsBeside(release), json);
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
      const beside = objectsBeside(release).flatMap(({ objects }) => objects);
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

  test("custom resources come after the operator that knows them", () => {
    const { stacks } = describeProgram(program.context);
    for (const release of releases) {
      const charts = new Set(release.objects.map(({ apiVersion }) => OPERATORS[apiVersion.split("/")[0] ?? ""] ?? ""));
      for (const chart of [...charts].filter((each) => each !== "")) {
        const operator = releases.find((other) => other.cluster === release.cluster && other.chart === chart);
        const after =
          operator?.stack === release.stack
            ? closure(
                release.address,
                (address) =>
                  releases.find((each) => each.stack === release.stack && each.address === address)?.dependsOn ?? [],
              )
            : closure(release.stack, (id) => texts(list(stacks).find((each) => each.id === id)?.dependencies));
        const wanted = operator?.stack === release.stack ? operator.address : operator?.stack;
        expect({ release: `${release.stack} ${release.name}`, chart, after: [...after] }).toMatchObject({
          after: expect.arrayContaining([wanted]),
        });
      }
    }
  });

  test("the network lets through what must work", () => {
    const blocked = flows(program, releases).filter(([cluster, from, to, port]) => !admitted(cluster, from, to, port));
    expect(flows(program, releases).length).toBeGreaterThan(20);
    expect(blocked).toEqual([]);
  });

  test("and not what must not: nothing but an environment's applications and operators reaches its stores", () => {
    const { environments } = program.context.platform;
    for (const { name, cluster } of environments) {
      const neighbours = environments.filter((each) => each.name !== name && each.cluster === cluster);
      const others = ["traefik", "gate-main", "cert-manager", ...neighbours.map((each) => `openpanel-${each.name}`)];
      for (const other of others) {
        const stores = { namespace: `data-${name}`, labels: "any" } as const;
        for (const port of [5432, 8123, 9000, 6379]) expect(admitted(cluster, other, stores, port)).toBe(false);
      }
      // The worker answers nobody, and the dashboard asks the API only.
      const [api, worker, dashboard, migration] = appPods(releases, cluster, name);
      for (const other of ["traefik", api, dashboard]) expect(admitted(cluster, other, worker, 3000)).toBe(false);
      for (const pod of [worker, migration]) expect(admitted(cluster, pod, api, 3000)).toBe(false);
      const own = { namespace: `data-${name}`, labels: "any" } as const;
      for (const port of [5432, 8123, 6379]) expect(admitted(cluster, dashboard, own, port)).toBe(false);
      for (const pod of [api, worker, dashboard, migration]) {
        for (const port of [80, 443, 587]) expect(admitted(cluster, pod, "internet", port)).toBe(false);
      }
      const { redis, clickhouse, clickhouseBackup, postgresql } = storePods(releases, cluster, `data-${name}`);
      // Each store answers at its own port only, and no other pod of the namespace answers an application.
      const elsewhere = [
        [redis, 5432],
        [postgresql, 8123],
        [clickhouse, 6379],
        [`data-${name}`, 5432],
      ] as const;
      for (const [pod, port] of elsewhere) expect(admitted(cluster, api, pod, port)).toBe(false);
      for (const pod of [redis, `data-${name}`]) expect(admitted(cluster, pod, "internet", 443)).toBe(false);
      expect(admitted(cluster, api, clickhouseBackup, 8123)).toBe(false);
      for (const pod of [api, dashboard]) expect(admitted(cluster, "internet", pod, 3000)).toBe(false);
    }
  });
});

test("names with dots and capitals become identifiers wherever Terraform wants one", () => {
  const placement = "placement: {type: dedicated, region: fra, version: v1.36.1+1, gates: {main: {groups: [a]}}}\n";
  const dir = misconfigured({ "environments/prod-EU.west.yaml": `${placement}apps: {openpanel: {}}\n` });
  const { stacks } = synthesize(loadPlatform(dir));
  const aliases = stacks.flatMap(({ json }) =>
    Object.values(isJsonObject(json.provider) ? json.provider : {}).flatMap((each) =>
      list(each).map(({ alias }) => alias),
    ),
  );
  expect(aliases).toContain("prod-eu-west");
  expect(aliases.filter((alias) => alias !== undefined && !/^[a-z][a-z0-9-]*$/.test(String(alias)))).toEqual([]);
  const releases = releasesOf(stacks).filter(({ cluster }) => cluster === "prod-eu-west");
  const hosts = releases.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === "IngressRoute").flatMap(hostsOf),
  );
  expect(new Set(hosts)).toEqual(new Set(["openpanel-prod-eu-west.acme.example"]));
});

/** Cluster, from, to and port of what the platform is made of; `internet` and `api-server` stand outside. */
function flows({ context }: Synthesized, releases: readonly Release[]): (readonly [string, End, End, number])[] {
  const clusters = [...new Set(releases.map(({ cluster }) => cluster))];
  const { central, environments } = context.platform;
  return [
    ...clusters.flatMap((cluster) => [
      // The API server calls webhooks; load balancers call Traefik.
      [cluster, "internet", "cert-manager", 10250] as const,
      [cluster, "internet", "external-secrets", 10250] as const,
      [cluster, "internet", "cnpg-system", 9443] as const,
      [cluster, "internet", "traefik", 8443] as const,
      [cluster, "internet", "traefik", 9443] as const,
      ...["cert-manager", "external-secrets", "cnpg-system", "clickhouse-operator", "traefik"].map(
        (namespace) => [cluster, namespace, "api-server", 443] as const,
      ),
      [cluster, "cert-manager", "internet", 443] as const,
      // The gate asks the identity provider under its public host.
      [cluster, "gate-main", "internet", 443] as const,
      [cluster, "gate-main", "gate-main", 6379] as const,
      [cluster, "traefik", "gate-main", 4180] as const,
      cluster === central
        ? ([cluster, "external-secrets", "vault", 8200] as const)
        : ([cluster, "external-secrets", "internet", 443] as const),
    ]),
    // Every cluster's tokens are reviewed by its own API server, asked by the central Vault.
    [central, "vault", "api-server", 443],
    [central, "vault", "api-server", 6443],
    [central, "vault", "vault", 8201],
    [central, "casdoor", { namespace: "casdoor", labels: POSTGRESQL }, 5432],
    [central, "casdoor", "casdoor", 6379],
    [central, { namespace: "casdoor", labels: POSTGRESQL }, "api-server", 443],
    [central, "cnpg-system", { namespace: "casdoor", labels: POSTGRESQL }, 8000],
    ...environments.flatMap(({ name, cluster }) => {
      const [api, worker, dashboard, migration] = appPods(releases, cluster, name);
      // The readiness Jobs, among others.
      const own = `data-${name}`;
      const { postgresql, clickhouse, clickhouseBackup, redis } = storePods(releases, cluster, own);
      const backups = environmentBackups(context.platform, name);
      return [
        ...[api, worker, migration, own].flatMap((from) => [
          [cluster, from, postgresql, 5432] as const,
          [cluster, from, clickhouse, 8123] as const,
          [cluster, from, redis, 6379] as const,
        ]),
        [cluster, dashboard, api, 3000] as const,
        [cluster, "traefik", api, 3000] as const,
        [cluster, "traefik", dashboard, 3000] as const,
        [cluster, postgresql, "api-server", 443] as const,
        [cluster, "cnpg-system", postgresql, 8000] as const,
        [cluster, "cnpg-system", postgresql, 5432] as const,
        [cluster, "clickhouse-operator", clickhouse, 8123] as const,
        ...(backups ? [postgresql, clickhouse, clickhouseBackup] : []).map(
          (pod) => [cluster, pod, "internet", 443] as const,
        ),
      ];
    }),
  ];
}

/**
 * An end of a connection: `internet`, `api-server`, or a namespace, then meaning a pod of it that no policy picks out.
 * Otherwise a pod with labels, or with whichever labels admit most.
 */
type End = string | { readonly namespace: string; readonly labels: Readonly<Record<string, string>> | "any" };

/** Whether an environment's stores are backed up. */
function environmentBackups({ backups, environments }: Synthesized["context"]["platform"], name: string): boolean {
  const environment = environments.find((each) => each.name === name);
  return backups !== undefined && environment !== undefined && environment.backups !== false;
}

/** Whether the network policies of both ends admit a connection. */
function policies({ stacks }: Synthesized) {
  const specs = new Map<string, Json[]>();
  for (const stack of stacks) {
    for (const { type, body } of blocks(stack, "resource")) {
      if (type !== "kubernetes_network_policy_v1") continue;
      const cluster = String(body.provider).replace("kubernetes.", "");
      const key = `${cluster}/${at(body, "metadata", "namespace")}`;
      specs.set(key, [...(specs.get(key) ?? []), body.spec ?? null]);
    }
  }
  const outside = (end: End) => end === "internet" || end === "api-server";
  return (cluster: string, from: End, to: End, port: number): boolean => {
    const admits = (own: End, direction: "ingress" | "egress", peers: "from" | "to", other: End) => {
      const all = specs.get(`${cluster}/${namespaceOf(own)}`);
      if (all === undefined) throw new Error(`namespace ${namespaceOf(own)} of ${cluster} has no network policy`);
      return all
        .filter((spec) => selects(at(spec, "pod_selector"), own))
        .flatMap((spec) => list(at(spec, direction)))
        .some((rule) => {
          const open = list(rule.ports).map((each) => Number(each.port));
          if (open.length > 0 && !open.includes(port)) return false;
          const all = list(rule[peers]);
          return all.length === 0 || all.some((peer) => matches(peer, own, other));
        });
    };
    return (outside(from) || admits(from, "egress", "to", to)) && (outside(to) || admits(to, "ingress", "from", from));
  };
}

function namespaceOf(end: End): string {
  return typeof end === "string" ? end : end.namespace;
}

function selects(selector: Json | undefined, end: End): boolean {
  const labels = at(selector, "match_labels");
  const wanted = Object.entries(isJsonObject(labels) ? labels : {});
  const has = typeof end === "string" ? {} : end.labels;
  return has === "any" || wanted.every(([key, value]) => has[key] === value);
}

function matches(peer: Json, own: End, other: End): boolean {
  if (at(peer, "ip_block", "cidr") === "0.0.0.0/0") return other === "internet";
  if (!selects(at(peer, "pod_selector"), other)) return false;
  const selector = at(peer, "namespace_selector");
  if (selector === undefined) return namespaceOf(other) === namespaceOf(own);
  const name = at(selector, "match_labels", "kubernetes.io/metadata.name");
  return name === undefined ? other !== "internet" && other !== "api-server" : name === namespaceOf(other);
}

/** Services of a namespace, by name. */
function servicesOf(releases: readonly Release[]): Readonly<Record<string, Port>> {
  return Object.assign(
    {},
    ...releases.map((release) => CHART_SERVICES[release.chart]?.(release) ?? {}),
    ...releases.flatMap((release) =>
      release.objects
        .filter(({ kind }) => kind === "Service")
        .map(({ name, json }) => {
          const [first] = list(at(json, "spec", "ports"));
          const open = podsOf(releases, json).flatMap((pod) =>
            list(at(pod, "spec", "containers")).flatMap((each) => list(each.ports)),
          );
          const pods = open.find((each) => each.name === first?.targetPort)?.containerPort;
          const [pod] = podsOf(releases, json);
          return {
            [name]: { port: Number(first?.port), pods: Number(pods), labels: labelsAt(pod, "metadata", "labels") },
          };
        }),
    ),
  );
}

/** Pods of some releases that a Service selects. */
function podsOf(releases: readonly Release[], service: Json): Json[] {
  const selector = at(service, "spec", "selector");
  const wanted = Object.entries(isJsonObject(selector) ? selector : {});
  return releases
    .flatMap(({ objects }) => objects)
    .map(({ kind, json }) => (kind === "ClickHouseInstallation" ? clickhousePod(json) : at(json, "spec", "template")))
    .filter((pod): pod is Json => isJsonObject(pod))
    .filter((pod) => wanted.length > 0 && wanted.every(([key, value]) => at(pod, "metadata", "labels", key) === value));
}

/** The pod that Altinity's operator makes of an installation's template. */
function clickhousePod(installation: Json): Json {
  return {
    metadata: {
      labels: {
        ...labelsAt(installation, "spec", "templates", "podTemplates", 0, "metadata", "labels"),
        "clickhouse.altinity.com/chi": String(at(installation, "metadata", "name")),
        "clickhouse.altinity.com/ready": "yes",
      },
    },
    spec: {
      containers: [
        {
          ports: [
            { name: "http", containerPort: 8123 },
            { name: "tcp", containerPort: 9000 },
          ],
        },
      ],
    },
  };
}

/** Labels at a path. */
function labelsAt(value: Json | undefined, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const labels = at(value, ...path);
  return Object.fromEntries(
    Object.entries(isJsonObject(labels) ? labels : {}).map(([key, text]) => [key, String(text)]),
  );
}

/** Labels that CloudNativePG gives to the instances of a cluster. */
const POSTGRESQL = {
  "app.kubernetes.io/name": "postgresql",
  "app.kubernetes.io/managed-by": "cloudnative-pg",
  "app.kubernetes.io/component": "database",
};

/** The pods of a data namespace, each with the labels by which network policies know it. */
function storePods(releases: readonly Release[], cluster: string, namespace: string) {
  const objects = releases
    .filter((release) => release.cluster === cluster && release.namespace === namespace)
    .flatMap((release) => release.objects);
  const json = (wanted: string) => objects.find(({ kind }) => kind === wanted)?.json;
  const pod = (labels: Readonly<Record<string, string>>) => ({ namespace, labels });
  const template = ["spec", "jobTemplate", "spec", "template", "metadata", "labels"];
  return {
    postgresql: pod(POSTGRESQL),
    clickhouse: pod(labelsAt(clickhousePod(json("ClickHouseInstallation") ?? null), "metadata", "labels")),
    clickhouseBackup: pod(labelsAt(json("CronJob"), ...template)),
    // As the chart labels what it makes.
    redis: pod({ "app.kubernetes.io/name": "valkey", "app.kubernetes.io/instance": "redis-master" }),
  };
}

/** The pods of OpenPanel in an environment, as their workloads label them: API, worker, dashboard and migration. */
function appPods(releases: readonly Release[], cluster: string, environment: string): [End, End, End, End] {
  const namespace = `openpanel-${environment}`;
  const templates = releases
    .filter((release) => release.cluster === cluster && release.namespace === namespace)
    .flatMap(({ objects }) => objects.filter(({ kind }) => kind === "Deployment" || kind === "Job"));
  const pod = (prefix: string) => {
    const found = templates.find(({ name }) => name.startsWith(prefix));
    if (found === undefined) throw new Error(`there is no ${prefix} in ${namespace} of ${cluster}`);
    return { namespace, labels: labelsAt(found.json, "spec", "template", "metadata", "labels") };
  };
  return [pod("op-api"), pod("op-worker"), pod("op-dashboard"), pod("op-migrate")];
}

function hostsOf({ json }: KubernetesObject): string[] {
  return list(at(json, "spec", "routes")).flatMap((rule) =>
    [...String(rule.match).matchAll(/Host\(`([^`]+)`\)/g)].map(([, host = ""]) => host),
  );
}

/** Everything that is reached from a start. */
function closure(start: string, next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set<string>();
  const waiting = [...next(start)];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...next(id));
  }
  return seen;
}
