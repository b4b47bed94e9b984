import type { ITerraformDependable } from "cdktf";
import { type Capability, Component, type ComponentStep, compose } from "../../constructs/core/component";
import { clusterStack, testApp } from "../helpers/program";

class Stub extends Component {
  readonly ready: readonly ITerraformDependable[];
  constructor(id: string, stack: ConstructorParameters<typeof Component>[0], fqn: string) {
    super(stack, id);
    this.ready = [{ fqn }];
  }
}

function steps(...described: [string, Capability[], Capability[]][]) {
  const created: [string, string[]][] = [];
  const { stack } = clusterStack(testApp());
  const list: ComponentStep[] = described.map(([name, provides, requires]) => ({
    name,
    provides,
    requires,
    create: (dependsOn) => {
      created.push([name, dependsOn.map((dependable) => dependable.fqn)]);
      return new Stub(name, stack, `release.${name}`);
    },
  }));
  return { list, created };
}

test("components are created after what they require, and depend on it", () => {
  const { list, created } = steps(
    ["vault", ["vault"], ["issuers", "ingress"]],
    ["traefik", ["ingress"], []],
    ["cert-manager", ["certificates", "issuers"], []],
  );
  expect(compose(list).findings).toEqual([]);
  expect(created).toEqual([
    ["traefik", []],
    ["cert-manager", []],
    ["vault", ["release.cert-manager", "release.traefik"]],
  ]);
});

test("a requirement that nobody provides names the component and what it lacks", () => {
  const { list, created } = steps(["vault", ["vault"], ["issuers"]]);
  expect(compose(list).findings).toEqual([
    {
      problem: "component vault requires issuers, which no component of this cluster provides",
      fix: "Switch on a component that provides issuers, or switch vault off.",
    },
  ]);
  expect(created).toEqual([]);
});

test("two components that wait for each other are both reported, naming the other side", () => {
  const { list } = steps(["a", ["vault"], ["gate"]], ["b", ["gate"], ["vault"]]);
  expect(compose(list).findings.map((finding) => finding.problem)).toEqual([
    "component a requires gate (from b, which is incomplete itself), which no component of this cluster provides",
    "component b requires vault (from a, which is incomplete itself), which no component of this cluster provides",
  ]);
});

test("a capability that stands in a lower stack is present", () => {
  const { list } = steps(["oauth2-proxy", ["gate"], ["identity"]]);
  expect(compose(list, ["identity"]).findings).toEqual([]);
});
