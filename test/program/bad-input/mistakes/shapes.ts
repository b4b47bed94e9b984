import { CLUSTER, PLATFORM, POOL, PROD, type Row, STAGING } from "./row";

/** Keys and values that no document may have. */
export const SHAPES: readonly Row[] = [
  [
    "an unknown key",
    { [PLATFORM]: { [`${POOL}/autoscaling/maximum`]: 3 } },
    "platform.yaml:40 clusters.platform.nodePools.general-public.autoscaling.maximum",
    'unknown key "maximum". Known here: min, max.',
  ],
  [
    "a misspelt key",
    { [PROD]: { "apps/openpanell": {} } },
    "environments/prod.yaml:46 apps.openpanell",
    'unknown key "openpanell". Did you mean openpanel?',
  ],
  [
    "a number for a text",
    { [PLATFORM]: { contact: 5 } },
    "platform.yaml:8 contact",
    "contact is not valid (found 5). Write an e-mail address.",
  ],
  [
    "a text for true or false",
    { [PLATFORM]: { [`${CLUSTER}/central`]: "yes" } },
    "platform.yaml:33 clusters.platform.central",
    'central is not valid (found "yes"). Write true or false.',
  ],
  [
    "a text for a list",
    { [PLATFORM]: { [`${CLUSTER}/gates/main/groups`]: "analytics" } },
    "platform.yaml:44 clusters.platform.gates.main.groups",
    'groups is not valid (found "analytics"). Write a list with at least one group.',
  ],
  [
    "a text for settings",
    { [PROD]: { placement: "dedicated" } },
    "environments/prod.yaml:6 placement",
    'placement is not valid (found "dedicated"). Write a mapping with "type: dedicated" or "type: shared".',
  ],
  [
    "a list for settings that others refer to",
    { [PLATFORM]: { clusters: [{ name: "platform" }] } },
    "platform.yaml:30 clusters",
    'clusters is not valid (found [{"name":"platform"}]). Write a mapping of cluster name to cluster.',
  ],
  [
    "nothing for settings",
    { [STAGING]: { "apps/openpanel": null } },
    "environments/staging.yaml:19 apps.openpanel",
    "openpanel is empty. Write {} for nothing special, or a mapping of settings.",
  ],
];
