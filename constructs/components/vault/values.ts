import type { JsonObject } from "../../core/json";
import { storageClassOf } from "../../data/storage-class";
import { layer, RESTRICTED_CONTAINER, RESTRICTED_POD, resources } from "../shared/values";
import { TLS_SECRET } from "./certificate";
import type { VaultProps } from "./index";
import { IMAGE, serverConfig, TLS_FOLDER, VAULT_USER } from "./server";
import { sidecar } from "./sidecar";

/** Size of the data and of the audit volume of each server. */
export const STORAGE = "10Gi";

/** User `vault` and its group in the image. */
const USER: JsonObject = { runAsUser: VAULT_USER, runAsGroup: 1000 };

const HEALTH = "/v1/sys/health?standbyok=true&perfstandbyok=true";

export function values(props: VaultProps): JsonObject {
  return {
    global: { tlsDisable: false },
    injector: { enabled: false },
    csi: { enabled: false },
    ui: { enabled: false },
    server: {
      image: IMAGE,
      standalone: { enabled: false },
      ...cluster(props),
      ...probes(),
      ...storage(props),
      ...placement(props),
      resources: resources("100m", "512Mi"),
      logFormat: "json",
      // Only unsealed servers serve; raft members find each other over the headless Service, which lists all.
      service: { publishNotReadyAddresses: false },
      // Clients have their tokens reviewed with the tokens themselves, so Vault needs no such right.
      authDelegator: { enabled: false },
      extraEnvironmentVars: { VAULT_CACERT: `${TLS_FOLDER}/ca.crt` },
      extraVolumes: [{ type: "secret", name: TLS_SECRET }],
      // The start script writes its configuration here.
      volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } }],
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      shareProcessNamespace: true,
      extraContainers: [sidecar(props.auditStorage ?? STORAGE, { ...RESTRICTED_CONTAINER, ...USER })],
      statefulSet: {
        securityContext: { pod: layer(RESTRICTED_POD, { ...USER, fsGroup: 1000 }), container: RESTRICTED_CONTAINER },
      },
    },
  };
}

/** Raft with a single server too: a second and third one can be added without moving the data. */
function cluster({ replicas }: VaultProps): JsonObject {
  return {
    updateStrategyType: "OnDelete",
    ha: {
      enabled: true,
      replicas,
      // In front of the pod's own name in the environment there is only this copy of it.
      apiAddr: "https://$(VAULT_K8S_POD_NAME).vault-internal.vault.svc.cluster.local:8200",
      raft: { enabled: true, setNodeId: true, config: serverConfig(replicas) },
      // Two of three servers keep the quorum; a budget over a single one would forbid every drain of its node.
      disruptionBudget: replicas === 1 ? { enabled: false } : { enabled: true, maxUnavailable: 1 },
    },
  };
}

/** The chart's own rule, by which no two servers share a node, is a text: beside others it has to be said again. */
function placement(props: VaultProps): JsonObject {
  if (props.placement === undefined) return {};
  const term: JsonObject = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: {
      matchLabels: {
        "app.kubernetes.io/name": "vault",
        "app.kubernetes.io/instance": "vault",
        component: "server",
      },
    },
  };
  return layer(
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
    props.placement,
  );
}

/**
 * Sealed and uninitialised servers are alive: restarting one opens nothing. They are not ready. The chart's documented
 * example has it the other way round and ends in a restart loop.
 */
function probes(): JsonObject {
  return {
    readinessProbe: { enabled: true, path: HEALTH },
    livenessProbe: { enabled: true, path: `${HEALTH}&sealedcode=204&uninitcode=204`, initialDelaySeconds: 60 },
  };
}

function storage({ protection, storage, auditStorage }: VaultProps): JsonObject {
  const volume = (size: string): JsonObject => ({ enabled: true, size, storageClass: storageClassOf(protection) });
  return {
    dataStorage: volume(storage ?? STORAGE),
    auditStorage: volume(auditStorage ?? STORAGE),
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
  };
}
