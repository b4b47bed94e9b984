import type { ClientFacts } from "../../core/identity";
import type { JsonObject } from "../../core/json";
import { storageClassOf } from "../../data/storage-class";
import { RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
import type { GrafanaProps } from "./index";
import { GRAFANA, GRAFANA_PORT } from "./names";
import { CREDENTIALS, KEYS } from "./secrets";
import { grafanaIni } from "./settings";

/** User of the image; the volume is given to its group, so nothing has to run as root to do that. */
const USER: JsonObject = { runAsUser: 472, runAsGroup: 472, fsGroup: 472 };

export function values(props: GrafanaProps, facts: ClientFacts): JsonObject {
  const { placement, protection } = props;
  return {
    fullnameOverride: GRAFANA,
    // One pod and one volume with an SQLite file: two pods would corrupt it, so the old one goes before the new one comes.
    replicas: 1,
    deploymentStrategy: { type: "Recreate" },
    persistence: {
      enabled: true,
      type: "pvc",
      // The least that Vultr's block storage has.
      size: "10Gi",
      storageClassName: storageClassOf(protection),
      lookupVolumeName: false,
    },
    resources: resources("100m", "512Mi"),
    ...placement,
    securityContext: { ...RESTRICTED_POD, ...USER },
    containerSecurityContext: { ...RESTRICTED_CONTAINER, privileged: false },
    extraEmptyDirMounts: [{ name: "tmp", mountPath: "/tmp" }],
    initChownData: { enabled: false },
    // It asks the API server nothing.
    rbac: { create: false },
    serviceAccount: { create: true, automountServiceAccountToken: false },
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    admin: { existingSecret: CREDENTIALS, userKey: KEYS.adminUser, passwordKey: KEYS.adminPassword },
    envValueFrom: {
      GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: fromSecret(KEYS.clientSecret),
      GF_SECURITY_SECRET_KEY: fromSecret(KEYS.secretKey),
    },
    "grafana.ini": grafanaIni(props, facts),
    service: { type: "ClusterIP", port: GRAFANA_PORT },
    ingress: { enabled: false },
    imageRenderer: { enabled: false },
    testFramework: { enabled: false },
  };
}

function fromSecret(key: string): JsonObject {
  return { secretKeyRef: { name: CREDENTIALS, key } };
}
