import { CLUSTER, PLATFORM, POOL, PROD, type Row, SHARED } from "./row";

const taint = (value: string, effect: string) => ({
  key: "team",
  value,
  effect,
});

/** Clusters, node pools and networks. */
export const CLUSTERS: readonly Row[] = [
  [
    "prod without a highly available control plane",
    { [PROD]: { "placement/highlyAvailable": false } },
    "environments/prod.yaml:17 placement.highlyAvailable",
    "cluster prod has highlyAvailable: false, but carries prod. Set highlyAvailable: true, which staging and prod must have; it can't be changed once the cluster exists.",
  ],
  [
    "prod without a firewall",
    { [PROD]: { "placement/firewall": false } },
    "environments/prod.yaml:17 placement.firewall",
    "cluster prod has firewall: false, but carries prod. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.",
  ],
  [
    "a shared cluster without a firewall, however many environments it carries",
    {
      [PLATFORM]: { [`${CLUSTER}/firewall`]: false },
      "environments/staging-b.yaml": SHARED,
    },
    "platform.yaml:56 clusters.platform.firewall",
    "cluster platform has firewall: false, but carries staging and staging-b. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.",
  ],
  [
    "a pool of no nodes",
    { [PLATFORM]: { [`${POOL}/quantity`]: 0 } },
    "platform.yaml:41 clusters.platform.nodePools.general-public.quantity",
    "quantity is not valid (found 0). Write a number of nodes from 1 to 100.",
  ],
  [
    "a pool with min above max",
    { [PLATFORM]: { [`${POOL}/autoscaling`]: { min: 5, max: 4 } } },
    "platform.yaml:40 clusters.platform.nodePools.general-public.autoscaling",
    'pool general-public has more nodes at least than at most (found {"min":5,"max":4}). Write a min of at most 4, or a max of at least 5.',
  ],
  [
    "a min above the max of the profile",
    { [PLATFORM]: { [`${POOL}/autoscaling`]: { min: 6 } } },
    "platform.yaml:40 clusters.platform.nodePools.general-public.autoscaling",
    'pool general-public has more nodes at least than at most (found {"min":6,"max":5}). Write a min of at most 5, or a max of at least 6.',
  ],
  [
    "two taints with one key in a pool",
    {
      [PLATFORM]: {
        [`${CLUSTER}/nodePools/general-restricted`]: {
          taints: [taint("a", "NoSchedule"), taint("b", "NoExecute")],
        },
      },
    },
    "platform.yaml:42 clusters.platform.nodePools.general-restricted.taints",
    "pool general-restricted has two taints with the key team. Keep one taint for each key: Vultr never settles on two.",
  ],
  [
    "an unknown plan",
    { [PLATFORM]: { [`${POOL}/plan`]: "vc2-4c-9gb" } },
    "platform.yaml:41 clusters.platform.nodePools.general-public.plan",
    'unknown Vultr plan (found "vc2-4c-9gb"). Did you mean vc2-4c-8gb, vc2-1c-1gb or vc2-1c-2gb? Else declare it under plans with vcpus, ramGb and monthlyUsd.',
  ],
  [
    "an unknown region",
    { [PROD]: { "placement/region": "frx" } },
    "environments/prod.yaml:8 placement.region",
    'unknown Vultr region (found "frx"). Did you mean fra, lax, mex?',
  ],
  [
    "a floating cluster version",
    { [PROD]: { "placement/version": "v1.36" } },
    "environments/prod.yaml:9 placement.version",
    'version is not valid (found "v1.36"). Write an exact VKE version, such as v1.36.1+1.',
  ],
];
