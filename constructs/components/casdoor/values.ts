import type { JsonObject } from "../../core/json";
import { layer, RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
import { type IdentityDatabase, INIT_FOLDER } from "./config";
import type { CasdoorProps } from "./index";
import { CASDOOR_PORT } from "./names";
import { CONFIG } from "./secrets";

/** User of the image. It may become root by sudo, which the security context forbids. */
const USER: JsonObject = { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 };

/** Folders that Casdoor writes to, relative to the root in which it runs. */
const WRITABLE = ["tmp", "logs"];

export function values(props: CasdoorProps, database: IdentityDatabase): JsonObject {
  return {
    replicaCount: props.replicas,
    // An empty text: with another one the chart would write a secret of this name from it.
    config: "",
    configFromSecret: CONFIG,
    // One entry: the chart joins several without a line break between them.
    envFromSecret: [{ name: "PGPASSWORD", secretName: database.secretName, key: database.secretKey }],
    service: { type: "ClusterIP", port: CASDOOR_PORT },
    ingress: { enabled: false },
    gatewayApi: { enabled: false },
    ldap: { enabled: false },
    resources: resources("100m", "512Mi"),
    podSecurityContext: { ...RESTRICTED_POD, ...USER },
    securityContext: RESTRICTED_CONTAINER,
    ...layer({ affinity: apart(props.replicas) }, props.placement),
    extraVolumes: [
      ...WRITABLE.map((name): JsonObject => ({ name, emptyDir: { sizeLimit: "256Mi" } })),
      {
        name: "init",
        secret: { secretName: CONFIG, items: [{ key: "init_data.json", path: "init_data.json" }] },
      },
    ],
    extraVolumeMounts: [
      ...WRITABLE.map((name): JsonObject => ({ name, mountPath: `/${name}` })),
      { name: "init", mountPath: INIT_FOLDER, readOnly: true },
    ],
  };
}

/** The chart has no spread constraints. */
function apart(replicas: number): JsonObject {
  if (replicas === 1) return {};
  const term: JsonObject = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": "casdoor" } },
  };
  return {
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
  };
}
