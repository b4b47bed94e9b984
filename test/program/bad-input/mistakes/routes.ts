import { CLUSTER, PLATFORM, PROD, type Row, STAGING } from "./row";

/** Routes, gates and who stands behind them. */
export const ROUTED: readonly Row[] = [
  [
    "a gate without groups",
    { [PLATFORM]: { [`${CLUSTER}/gates/main/groups`]: [] } },
    "platform.yaml:44 clusters.platform.gates.main.groups",
    "groups is not valid (found []). Write a list with at least one group.",
  ],
  [
    "a gate of an environment's own cluster without groups",
    { [PROD]: { "placement/gates/other": { groups: [] } } },
    "environments/prod.yaml:18 placement.gates.other.groups",
    "groups is not valid (found []). Write a list with at least one group.",
  ],
  [
    "gates that no identity provider serves",
    { [PLATFORM]: { [`${CLUSTER}/components/casdoor`]: false, [`${CLUSTER}/components/grafana`]: false } },
    "platform.yaml:53 clusters.platform.components.casdoor",
    'the central cluster platform needs casdoor (found false). Leave "casdoor: false" out.',
  ],
  [
    "routes of the central cluster without a gateway",
    { [PLATFORM]: { [`${CLUSTER}/components/traefik`]: false } },
    "platform.yaml:56 clusters.platform.components.traefik",
    'cluster platform leaves out traefik, which vault, casdoor, oauth2-proxy, headlamp, grafana and environment staging need (found false). Leave "traefik: false" out.',
  ],
  [
    "routes of an environment's own cluster without certificates",
    { [PROD]: { "placement/components/cert-manager": false } },
    "environments/prod.yaml:18 placement.components.cert-manager",
    'cluster prod leaves out cert-manager, which metrics-server, barman-cloud, oauth2-proxy and environment prod need (found false). Leave "cert-manager: false" out.',
  ],
  [
    "routes of an environment's own cluster without a gateway",
    { [PROD]: { "placement/components/traefik": false } },
    "environments/prod.yaml:18 placement.components.traefik",
    'cluster prod leaves out traefik, which oauth2-proxy and environment prod need (found false). Leave "traefik: false" out.',
  ],
  [
    "a variable that lets everybody in as one user",
    { [PROD]: { "apps/openpanel/environment/DEMO_USER_ID": "somebody" } },
    "environments/prod.yaml:46 apps.openpanel.environment.DEMO_USER_ID",
    "variable DEMO_USER_ID is forbidden: it gives every anonymous visitor a session. Remove it.",
  ],
  [
    "a variable that stops all work",
    { [STAGING]: { "apps/openpanel/environment": { DISABLE_WORKERS: "1" } } },
    "environments/staging.yaml:19 apps.openpanel.environment.DISABLE_WORKERS",
    'variable DISABLE_WORKERS is forbidden: any value stops the workers, "false" too. Remove it.',
  ],
  [
    "a version of the application that floats",
    { [STAGING]: { "apps/openpanel/version": "2" } },
    "environments/staging.yaml:19 apps.openpanel.version",
    'version is not valid (found "2"). Write an exact version, such as "2.3.0".',
  ],
  [
    "a chart of a gate that floats",
    { [PLATFORM]: { [`${CLUSTER}/components/oauth2-proxy/version`]: "10.x" } },
    "platform.yaml:57 clusters.platform.components.oauth2-proxy.version",
    'version is not valid (found "10.x"). Write an exact version, such as "1.20.3".',
  ],
  [
    "an image of a gate that floats",
    {
      [PROD]: { "placement/components/oauth2-proxy/values/image/tag": "latest" },
    },
    "l2-services-prod/gate-main/chart",
    'chart value image.tag is a floating image (found "latest"). Pin a version tag or a digest.',
  ],
];
