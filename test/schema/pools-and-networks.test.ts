import { load, problemsOf } from "./config";

/** The base cluster with a line more. */
const withLine = (line: string) => ({ platform: ["region: fra", `region: fra\n    ${line}`] as const });
const names = (variation: Parameters<typeof load>[0]) => load(variation).clusters[0]?.nodePools.map(({ name }) => name);

describe("node pools", () => {
  it("come from the profile, the untainted pool first", () => {
    const pools = load().clusters[0]?.nodePools ?? [];
    expect(pools.map(({ name, taints }) => [name, taints?.length])).toEqual([
      ["general", 0],
      ["general-restricted", 1],
      ["general-public", 0],
    ]);
  });

  it("are overridden field by field", () => {
    const cluster = load(withLine("nodePools: {general-public: {autoscaling: {max: 9}}}")).clusters[0];
    expect(cluster?.nodePools[2]).toEqual({
      name: "general-public",
      plan: "vc2-4c-8gb",
      quantity: 2,
      autoscaling: { min: 2, max: 9 },
      labels: { "node-type": "general-public" },
      taints: [],
    });
  });

  it("are left out by false and added by name, with the taint of their type", () => {
    const variation = withLine("nodePools: {general-restricted: false, memory: {plan: voc-m-1c-8gb-50s-amd}}");
    expect(names(variation)).toEqual(["general", "general-public", "memory"]);
    expect(load(variation).clusters[0]?.nodePools[2]?.taints).toEqual([
      { key: "node-type", value: "memory", effect: "PreferNoSchedule" },
    ]);
  });

  it("stop scaling by false", () => {
    const cluster = load(withLine("nodePools: {general-public: {autoscaling: false, quantity: 3}}")).clusters[0];
    expect(cluster?.nodePools[2]).not.toHaveProperty("autoscaling");
  });

  it("refuse a quantity of 0", () => {
    expect(problemsOf(withLine("nodePools: {general: {quantity: 0}}"))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools.general.quantity: quantity is not valid (found 0). Write a number of nodes from 1 to 100.",
    ]);
  });

  it("refuse a min above the max", () => {
    expect(problemsOf(withLine("nodePools: {general-public: {autoscaling: {min: 5, max: 3}}}"))).toEqual([
      'config/platform.yaml:9 clusters.platform.nodePools.general-public.autoscaling: pool general-public has more nodes at least than at most (found {"min":5,"max":3}). Write a min of at most 3, or a max of at least 5.',
    ]);
  });

  it("refuse a min above the profile's max", () => {
    expect(problemsOf(withLine("nodePools: {general-public: {autoscaling: {min: 8}}}"))).toEqual([
      'config/platform.yaml:9 clusters.platform.nodePools.general-public.autoscaling: pool general-public has more nodes at least than at most (found {"min":8,"max":5}). Write a min of at most 5, or a max of at least 8.',
    ]);
  });

  it("refuse half of the bounds where no profile has the other half", () => {
    expect(problemsOf(withLine("nodePools: {own: {plan: vc2-4c-8gb, autoscaling: {min: 1}}}"))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools.own.autoscaling: autoscaling of pool own has no max. Add max, a number of nodes.",
    ]);
  });

  it("refuse a quantity outside of the bounds", () => {
    expect(problemsOf(withLine("nodePools: {general-public: {quantity: 9}}"))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools.general-public.quantity: pool general-public starts outside of its autoscaling bounds (found 9). Write a quantity from 2 to 5, or other bounds.",
    ]);
  });

  it("refuse two taints with one key", () => {
    const taints = "[{key: a, value: x, effect: NoSchedule}, {key: a, value: y, effect: NoExecute}]";
    expect(problemsOf(withLine(`nodePools: {general-restricted: {taints: ${taints}}}`))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools.general-restricted.taints: pool general-restricted has two taints with the key a. Keep one taint for each key: Vultr never settles on two.",
    ]);
  });

  it("refuse a taint on the first one", () => {
    const taints = "[{key: a, value: x, effect: NoSchedule}]";
    expect(problemsOf(withLine(`nodePools: {general: {taints: ${taints}}, general-public: {quantity: 3}}`))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools.general: general, the first pool of cluster platform, has taints. Put a pool without taints first: the cluster's own add-ons run there until other pools exist.",
      "config/platform.yaml:9 clusters.platform.nodePools: cluster platform has too few nodes without taints for 3 replicas of its services (found 2). Give its pools without taints at least 3 nodes, or set replicas: 1.",
    ]);
  });

  it("refuse an unknown plan with the nearest ones", () => {
    expect(problemsOf(withLine("nodePools: {general: {plan: vc2-2c-5gb}}"))).toEqual([
      'config/platform.yaml:9 clusters.platform.nodePools.general.plan: unknown Vultr plan (found "vc2-2c-5gb"). Did you mean vc2-2c-2gb, vc2-2c-4gb or vc2-1c-1gb? Else declare it under plans with vcpus, ramGb and monthlyUsd.',
    ]);
  });

  it("take an unknown plan that platform.yaml declares", () => {
    const declared = "plans: {vx9-2c-4gb: {vcpus: 2, ramGb: 4, monthlyUsd: 21}}\nclusters:\n";
    const variation = {
      platform: [
        ["clusters:\n", declared],
        ["region: fra", "region: fra\n    nodePools: {general: {plan: vx9-2c-4gb}}"],
      ] as const,
    };
    expect(problemsOf(variation)).toEqual([]);
    expect(load(variation).plans).toEqual({ "vx9-2c-4gb": { vcpus: 2, ramGb: 4, monthlyUsd: 21 } });
  });

  it("refuse a plan that is too small for a node", () => {
    expect(problemsOf(withLine("nodePools: {general: {plan: vc2-1c-1gb}}"))).toEqual([
      'config/platform.yaml:9 clusters.platform.nodePools.general.plan: this plan is too small for a node of a cluster (found "vc2-1c-1gb"). Choose one with at least 1 vCPU and 2 GB.',
    ]);
  });

  it("refuse a pool of one's own without a plan", () => {
    expect(problemsOf(withLine("nodePools: {own: {quantity: 1}}"))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools.own.plan: pool own has no plan. Write a Vultr plan id, such as vc2-2c-4gb.",
    ]);
  });

  it("refuse a cluster without any", () => {
    const none = "nodePools: {general: false, general-restricted: false, general-public: false}";
    expect(problemsOf(withLine(none))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools: cluster platform has no node pool. Keep at least one, without taints.",
    ]);
  });

  it("refuse fewer untainted nodes than replicas", () => {
    expect(problemsOf(withLine("nodePools: {general: {quantity: 1}, general-public: false}"))).toEqual([
      "config/platform.yaml:9 clusters.platform.nodePools: cluster platform has too few nodes without taints for 3 replicas of its services (found 1). Give its pools without taints at least 3 nodes, or set replicas: 1.",
    ]);
  });
});

describe("networks", () => {
  const shared = (region: string) => ({
    platform: [
      ["clusters:\n", `networks: {shared: {region: ${region}, cidr: 10.9.0.0/20}}\nclusters:\n`],
      ["region: fra\n    version", "network: shared\n    region: fra\n    version"],
    ] as const,
  });

  it("are derived from a cluster's name alone", () => {
    expect(load().networks).toEqual([
      { name: "platform", region: "fra", cidr: "10.77.165.0/24", protection: "retain" },
    ]);
  });

  it("are taken from platform.yaml where a cluster names one", () => {
    expect(load(shared("fra")).networks).toEqual([
      { name: "shared", region: "fra", cidr: "10.9.0.0/20", protection: "retain" },
    ]);
  });

  it("refuse a cluster of another region", () => {
    expect(problemsOf(shared("ams"))).toEqual([
      "config/platform.yaml:9 clusters.platform.network: cluster platform is in fra, its network shared in ams. A network has one region: use another network.",
    ]);
  });

  it("refuse a cluster on one that is not there", () => {
    expect(problemsOf(withLine("network: shared"))).toEqual([
      'config/platform.yaml:9 clusters.platform.network: there is no network shared (found "shared"). Add it to networks in platform.yaml, or leave this out.',
    ]);
  });

  it("refuse a range of its own for a cluster that shares one", () => {
    const variation = {
      platform: [...shared("fra").platform, ["network: shared", "network: shared\n    cidr: 10.8.0.0/24"]] as const,
    };
    expect(problemsOf(variation)).toEqual([
      'config/platform.yaml:10 clusters.platform.cidr: cluster platform has no network of its own, so it has no range (found "10.8.0.0/24"). Set cidr on network shared in platform.yaml.',
    ]);
  });

  it("refuse ranges that overlap", () => {
    const variation = {
      platform: ["clusters:\n", "networks: {other: {region: fra, cidr: 10.77.160.0/20}}\nclusters:\n"] as const,
    };
    expect(problemsOf(variation)).toEqual([
      "config/platform.yaml:8 clusters.platform.cidr: networks other (10.77.160.0/20) and platform (10.77.165.0/24) overlap. Set cidr to another range inside 10.0.0.0/8 on one of them.",
    ]);
  });

  it("refuse a range with host bits, of a wrong size, in public space, or inside the clusters'", () => {
    expect(problemsOf(withLine("cidr: 10.1.2.3/24"))).toEqual([
      'config/platform.yaml:9 clusters.platform.cidr: this is no IPv4 range (found "10.1.2.3/24"). Start it at its network address, such as 10.20.0.0/24.',
    ]);
    expect(problemsOf(withLine("cidr: 10.0.0.0/8"))).toEqual([
      `config/platform.yaml:9 clusters.platform.cidr: a network can't have this size (found "10.0.0.0/8"). Write a prefix from /16 to /28.`,
    ]);
    expect(problemsOf(withLine("cidr: 8.8.8.0/24"))).toEqual([
      'config/platform.yaml:9 clusters.platform.cidr: this range is not private (found "8.8.8.0/24"). Choose one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.',
    ]);
    expect(problemsOf(withLine("cidr: 10.244.7.0/24"))).toEqual([
      'config/platform.yaml:9 clusters.platform.cidr: this range overlaps 10.244.0.0/16, which VKE uses for pods or services (found "10.244.7.0/24"). Choose another.',
    ]);
  });

  it("refuse two with one slug, and a type as a word of a name", () => {
    const twins = "{a.b: {region: fra}, a-b: {region: fra}, prod-net: {region: fra}}";
    expect(problemsOf({ platform: ["clusters:\n", `networks: ${twins}\nclusters:\n`] })).toEqual([
      "config/platform.yaml:6 networks.a-b: networks a.b and a-b have one slug, a-b. Rename one of them.",
      'config/platform.yaml:6 networks.prod-net: network prod-net has the environment type "prod" in its name. Choose another name: only environments have "prod" in theirs, so that <app>-<environment> can be read back.',
    ]);
  });

  it("refuse to go when a cluster in them is retained", () => {
    const variation = {
      platform: [...shared("fra").platform, ["cidr: 10.9.0.0/20", "cidr: 10.9.0.0/20, protection: delete"]] as const,
    };
    expect(problemsOf(variation)).toEqual([
      "config/platform.yaml:9 clusters.platform.network: cluster platform is retained, its network shared is not. Set protection: retain on network shared.",
    ]);
  });
});
