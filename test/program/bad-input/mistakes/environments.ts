import { CLUSTER, PLATFORM, PROD, type Row, SHARED, STAGING } from "./row";

/** Environments, where they are placed and what they are called. */
export const ENVIRONMENTS: readonly Row[] = [
  [
    "an environment on an unknown cluster",
    { [STAGING]: { "placement/cluster": "platfrom" } },
    "environments/staging.yaml:8 placement.cluster",
    'environment staging is placed on a cluster that platform.yaml does not have (found "platfrom"). Did you mean platform?',
  ],
  [
    "two environments with the same name",
    { "environments/staging-eu.yaml": `name: staging\n${SHARED}` },
    "environments/staging-eu.yaml:1 name",
    "two environments are named staging: the other is in environments/staging.yaml. Rename one of them, and its file alike.",
  ],
  [
    "two environments with the same slug",
    {
      "environments/dev-a.b.yaml": SHARED,
      "environments/dev-a-b.yaml": SHARED,
    },
    "environments/dev-a.b.yaml:1",
    "environments dev-a-b and dev-a.b have one slug, dev-a-b: the other is in environments/dev-a-b.yaml. Rename one of them.",
  ],
  [
    "an environment of no type",
    { "environments/qa.yaml": SHARED },
    "environments/qa.yaml:1",
    'the name of environment qa starts with no type (found "qa"). Write dev, prod, staging or sue. Names start with their type, such as dev-qa.',
  ],
  [
    "a cluster with the name of an environment that has its own",
    {
      [PLATFORM]: {
        "clusters/prod": {
          region: "fra",
          version: "v1.36.1+1",
          central: false,
        },
      },
    },
    "platform.yaml:56 clusters.prod",
    'cluster prod has the environment type "prod" in its name. Choose another name: only environments have "prod" in theirs, so that <app>-<environment> can be read back.',
  ],
  [
    "an application without its database",
    { [PROD]: { "data/postgresql": false } },
    "environments/prod.yaml:28 data.postgresql",
    'openpanel in environment prod needs postgresql (found false). Leave "postgresql: false" out.',
  ],
  [
    "a gated route whose gate has another name",
    { [PROD]: { "apps/openpanel/gate": "mian" } },
    "environments/prod.yaml:46 apps.openpanel.gate",
    'openpanel in environment prod is behind gate mian, which cluster prod does not have. Did you mean main? Else add "gates: {mian: {groups: [...]}}" to its placement.',
  ],
  [
    "a gated route on a cluster without gates",
    { [PLATFORM]: { [`${CLUSTER}/gates?`]: null, [`${CLUSTER}/components/headlamp`]: false } },
    "environments/staging.yaml:19 apps.openpanel.gate",
    'openpanel in environment staging is behind gate main, which cluster platform does not have. Add "gates: {main: {groups: [...]}}" to clusters.platform in platform.yaml.',
  ],
];
