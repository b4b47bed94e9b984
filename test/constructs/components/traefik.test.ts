import { Traefik, type TraefikProps } from "../../../constructs/components/traefik";
import { firewallRules } from "../../../constructs/components/traefik/entry-points";
import type { LayerStack } from "../../../constructs/core/layer-stack";
import { at, type Build, everyComponentKeepsTheRules, Rendered } from "./helper";

const ENTRY_POINTS = { edge: { sources: "cloudflare" }, machine: { sources: ["0.0.0.0/0"] } } as const;

const PROPS = { entryPoints: ENTRY_POINTS, networkRange: "10.8.0.0/20" } as const;

const create: Build = (stack, base) => {
  const traefik = new Traefik(stack, "traefik", { ...base, ...PROPS });
  publish(stack, traefik);
};

function publish(stack: LayerStack, traefik: Traefik): void {
  for (const [name, address] of Object.entries(traefik.addresses)) stack.publish(`${name}_address`, address);
}

const values = (replicas: 1 | 3 = 1) => Rendered.of(create, { replicas }).values("traefik");

everyComponentKeepsTheRules(create, {
  release: "traefik",
  namespace: "traefik",
  chart: "traefik",
  version: "41.3.0",
});

test("each entry point has a load balancer of its own, and the chart's default Service is off", () => {
  expect(at(values(), "service.enabled")).toBe(false);
  expect(Object.keys(at(values(), "service.additionalServices") ?? {})).toEqual(["edge", "machine"]);
  expect(at(values(), "ports.edge.expose")).toEqual({ edge: true });
  expect(at(values(), "ports.machine.expose")).toEqual({ machine: true });
});

test("the chart's own entry points are gone, and with them port 80", () => {
  expect(at(values(), "ports.web")).toBeNull();
  expect(at(values(), "ports.websecure")).toBeNull();
});

test("the edge's load balancer admits Cloudflare only", () => {
  const annotations = at(values(), "service.additionalServices.edge.annotations");
  expect(annotations).toMatchObject({
    "service.beta.kubernetes.io/vultr-loadbalancer-firewall-rules": "cloudflare,443",
    "service.beta.kubernetes.io/vultr-loadbalancer-proxy-protocol": "true",
  });
});

test("several source ranges become one rule each", () => {
  expect(firewallRules(["192.0.2.0/24", "198.51.100.7/32"])).toBe("192.0.2.0/24,443;198.51.100.7/32,443");
});

test("forwarded headers are believed from Cloudflare on the edge, and from nobody elsewhere", () => {
  expect(at(values(), "ports.edge.forwardedHeaders.trustedIPs")).toContain("104.16.0.0/13");
  expect(at(values(), "ports.machine.forwardedHeaders.trustedIPs")).toEqual([]);
  for (const name of ["edge", "machine"]) expect(at(values(), `ports.${name}.forwardedHeaders.insecure`)).toBe(false);
});

test("an edge that others may reach believes no forwarded header", () => {
  const open: Build = (stack, base) => {
    new Traefik(stack, "traefik", { ...base, entryPoints: { ...ENTRY_POINTS, edge: { sources: ["0.0.0.0/0"] } } });
  };
  expect(at(Rendered.of(open).values("traefik"), "ports.edge.forwardedHeaders.trustedIPs")).toEqual([]);
});

describe("who may use an entry point", () => {
  const sources = (props: Partial<TraefikProps> = {}) =>
    Rendered.of((stack, base) => publish(stack, new Traefik(stack, "traefik", { ...base, ...PROPS, ...props })))
      .manifests("traefik-sources", "Middleware")
      .map(({ metadata, spec }) => [at(metadata, "name"), at(metadata, "namespace"), spec]);
  /** Pods and nodes, by whatever network a cluster has. */
  const INSIDE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

  test("is said again behind the load balancer, for whoever finds the port of a node", () => {
    const [[name, namespace, spec] = [], ...others] = sources();
    expect({ name, namespace, others }).toEqual({ name: "edge-sources", namespace: "traefik", others: [] });
    const ranges = at(spec, "ipAllowList.sourceRange");
    expect(ranges).toEqual(expect.arrayContaining(["104.16.0.0/13", "2606:4700::/32", ...INSIDE]));
    expect(ranges).not.toContain("0.0.0.0/0");
    expect(Object.keys(at(spec, "ipAllowList") ?? {})).toEqual(["sourceRange"]);
  });

  test("is named by the entry point itself: until it stands, nothing is served there", () => {
    expect(at(values(), "ports.edge.http.middlewares")).toEqual(["traefik-edge-sources@kubernetescrd"]);
    expect(at(values(), "ports.machine.http.middlewares")).toEqual([]);
  });

  test("is whom the configuration names, for every entry point", () => {
    const machine = { sources: ["192.0.2.0/24"] };
    expect(sources({ entryPoints: { ...ENTRY_POINTS, machine } })).toEqual([
      expect.anything(),
      ["machine-sources", "traefik", { ipAllowList: { sourceRange: ["192.0.2.0/24", ...INSIDE] } }],
    ]);
  });

  test("is everybody where one of the ranges is the whole world", () => {
    const anybody = { sources: ["192.0.2.0/24", "::/0"] };
    const open: Build = (stack, base) => {
      publish(stack, new Traefik(stack, "traefik", { ...base, entryPoints: { edge: anybody, machine: anybody } }));
    };
    expect(
      Rendered.of(open)
        .resources("helm_release")
        .map(({ name }) => name),
    ).not.toContain("traefik-sources");
    expect(at(Rendered.of(open).values("traefik"), "ports.edge.http.middlewares")).toEqual([]);
  });
});

test.each(["edge", "machine"])(
  "what %s could read in two ways is refused, and names with an underscore are dropped",
  (name) => {
    expect(at(values(), `ports.${name}.http`)).toMatchObject({
      tls: { enabled: true },
      encodedCharacters: {
        allowEncodedBackSlash: false,
        allowEncodedNullCharacter: false,
        allowEncodedPercent: false,
        allowEncodedSemicolon: false,
      },
      underscoreHeadersStrategy: "delete",
    });
  },
);

test("the PROXY protocol is believed from the cluster's network only", () => {
  expect(at(values(), "ports.edge.proxyProtocol")).toEqual({ insecure: false, trustedIPs: ["10.8.0.0/20"] });
});

test("routes name nothing of another namespace and no host outside", () => {
  expect(at(values(), "providers")).toMatchObject({
    kubernetesCRD: { allowCrossNamespace: false, allowExternalNameServices: false },
    kubernetesIngress: { enabled: false },
  });
});

test("TLS is 1.2 or newer everywhere, and there is no dashboard", () => {
  expect(at(values(), "tlsOptions.default")).toEqual({ minVersion: "VersionTLS12", sniStrict: true });
  expect(at(values(), "api")).toEqual({ dashboard: false, insecure: false });
});

test("addresses are read after the release has its load balancers", () => {
  const [service] = Rendered.of(create).resources("helm_release");
  expect(service).toMatchObject({ wait: true, atomic: false, timeout: 900 });
});

test("three replicas have a disruption budget and are spread over the nodes", () => {
  expect(values(3)).toMatchObject({
    deployment: { replicas: 3 },
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }],
  });
});

test("anyone reaches the entry points' ports and nothing else of the namespace", () => {
  const policy = Rendered.of(create).policy("traefik");
  expect(at(policy, "spec.ingress")).toEqual([
    {
      ports: [
        { protocol: "TCP", port: "8443" },
        { protocol: "TCP", port: "9443" },
      ],
    },
  ]);
});
