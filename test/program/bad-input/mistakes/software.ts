import { CLUSTER, PLATFORM, PROD, type Row } from "./row";

/** Components, applications and their versions. */
export const SOFTWARE: readonly Row[] = [
  [
    "a floating application version",
    { [PROD]: { "apps/openpanel/version": "latest" } },
    "environments/prod.yaml:32 apps.openpanel.version",
    'version is not valid (found "latest"). Write an exact version, such as "2.3.0".',
  ],
  [
    "a floating chart version",
    { [PLATFORM]: { [`${CLUSTER}/components/traefik/version`]: "^41.0.0" } },
    "platform.yaml:57 clusters.platform.components.traefik.version",
    'version is not valid (found "^41.0.0"). Write an exact version, such as "1.20.3".',
  ],
  [
    "a floating image among the values of a chart",
    {
      [PLATFORM]: {
        [`${CLUSTER}/components/traefik/values/image/tag`]: "latest",
      },
    },
    "l2-base-platform/traefik/chart",
    'chart value image.tag is a floating image (found "latest"). Pin a version tag or a digest.',
  ],
  [
    "a value path that the chart does not know",
    { [PROD]: { "placement/components/traefik/values/deploymnt/replicas": 2 } },
    "l2-base-prod/traefik/chart",
    "chart traefik 41.3.0 has no value deploymnt.replicas. Use one of deployment.replicas, deployment.dnsPolicy, deployment.enabled, or run tools/generate-value-paths.mjs if the chart changed.",
  ],
  [
    "a central cluster without what its components and environments need",
    { [PLATFORM]: { [`${CLUSTER}/components/cert-manager`]: false } },
    "platform.yaml:56 clusters.platform.components.cert-manager",
    'cluster platform leaves out cert-manager, which metrics-server, barman-cloud, vault, casdoor, oauth2-proxy, headlamp, grafana and environment staging need (found false). Leave "cert-manager: false" out.',
  ],
  [
    "a central cluster without what backups of PostgreSQL need",
    { [PLATFORM]: { [`${CLUSTER}/components/barman-cloud`]: false } },
    "platform.yaml:56 clusters.platform.components.barman-cloud",
    'cluster platform leaves out barman-cloud, which casdoor and environment staging need (found false). Leave "barman-cloud: false" out.',
  ],
  [
    "an environment's own cluster without what it needs",
    { [PROD]: { "placement/components/clickhouse-operator": false } },
    "environments/prod.yaml:18 placement.components.clickhouse-operator",
    'cluster prod leaves out clickhouse-operator, which environment prod needs (found false). Leave "clickhouse-operator: false" out.',
  ],
  [
    "a profile that leaves out what its cluster needs",
    { [PLATFORM]: { "profiles/prod/cluster/components/traefik": false } },
    "environments/prod.yaml:6 placement.components.traefik",
    'cluster prod leaves out traefik, which oauth2-proxy and environment prod need (found false). The profile leaves it out: write "traefik: {}" here.',
  ],
  [
    "a central cluster without Vault",
    { [PLATFORM]: { "profiles/platform/cluster/components/vault": false } },
    "platform.yaml:47 clusters.platform.components.vault",
    'the central cluster platform needs vault (found false). The profile leaves it out: write "vault: {}" here.',
  ],
  [
    "gates without their component",
    { [PROD]: { "placement/components/oauth2-proxy": false } },
    "environments/prod.yaml:18 placement.components.oauth2-proxy",
    'the gates of cluster prod need oauth2-proxy (found false). Leave "oauth2-proxy: false" out, or leave the gates out.',
  ],
];
