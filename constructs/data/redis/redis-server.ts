import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Service } from "kubernetes-models/v1/Service";
import { keepAnnotation, type Protection } from "../../core/protection";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import type { PodPlacement } from "../../kubernetes/placement";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import { specHash } from "../spec-hash";
import { resourcesOf, type StoreSize } from "../store";
import { ENGINES } from "./engine";
import { accountsScript, redisConfiguration, type ServerUser } from "./redis-files";
import { instancePods, REDIS_PORT } from "./traffic";

export interface RedisServerProps {
  readonly service: string;
  readonly namespace: string;
  readonly size: StoreSize;
  readonly storageClass: string;
  readonly protection: Protection;
  readonly placement?: PodPlacement;
  /** Secret of the namespace with the passwords. */
  readonly usersSecret: string;
  readonly users: readonly ServerUser[];
  /** Lines of redis.conf. */
  readonly configuration: string;
}

/** Any user but root: the program is told where to write. */
const USER = 1000;

const PATHS = {
  data: "/data",
  accounts: "/accounts",
  configuration: "/configuration",
  passwords: "/passwords",
} as const;

/** A server of the engine `redis`: what the chart of the other engine makes, with the same labels and names. */
export function redisServer(props: RedisServerProps): ManifestObject[] {
  const metadata = { name: props.service, namespace: props.namespace, labels: labels(props.service) };
  return [
    new ConfigMap({ metadata, data: { "redis.conf": redisConfiguration(props.configuration, PATHS) } }),
    new PersistentVolumeClaim({
      // Another name than with the other engine, which must never find these files.
      metadata: { ...metadata, name: `${props.service}-redis`, annotations: keepAnnotation(props.protection) },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: props.storageClass,
        resources: { requests: { storage: props.size.storage } },
      },
    }),
    new Deployment({
      metadata,
      spec: {
        replicas: 1,
        // The volume is mounted once: a second pod beside the first would wait for it forever.
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels(props.service) },
        template: podTemplate(props),
      },
    }),
    new Service({
      metadata,
      spec: {
        selector: labels(props.service),
        ports: [{ name: "tcp", port: REDIS_PORT, targetPort: "tcp" }],
      },
    }),
  ];
}

function labels(service: string): Record<string, string> {
  return { "app.kubernetes.io/name": "redis", ...instancePods(service) };
}

function podTemplate(props: RedisServerProps) {
  const { image, client } = ENGINES.redis;
  const mount = (name: keyof typeof PATHS, readOnly = true) => ({ name, mountPath: PATHS[name], readOnly });
  const container = { image, securityContext: restrictedContainer(), resources: resourcesOf(props.size) };
  const probe = (command: readonly string[], failureThreshold: number) => ({
    exec: { command: [...command] },
    timeoutSeconds: 5,
    failureThreshold,
  });
  return {
    metadata: {
      labels: labels(props.service),
      // A server reads its configuration once.
      annotations: { "strata.dev/configuration": specHash([props.configuration, props.users]) },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(USER),
      ...props.placement,
      initContainers: [
        {
          ...container,
          name: "accounts",
          command: ["/bin/sh", "-c", accountsScript(props.users, PATHS)],
          volumeMounts: [mount("accounts", false), mount("passwords")],
        },
      ],
      containers: [
        {
          ...container,
          name: "redis",
          command: ["redis-server", `${PATHS.configuration}/redis.conf`],
          ports: [{ name: "tcp", containerPort: REDIS_PORT }],
          volumeMounts: [mount("data", false), mount("accounts"), mount("configuration")],
          startupProbe: probe([client, "ping"], 30),
          livenessProbe: probe([client, "ping"], 6),
          readinessProbe: probe(["/bin/sh", "-c", `${client} ping | grep -q '^PONG'`], 3),
        },
      ],
      volumes: [
        { name: "data", persistentVolumeClaim: { claimName: `${props.service}-redis` } },
        { name: "accounts", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
        { name: "configuration", configMap: { name: props.service } },
        { name: "passwords", secret: { secretName: props.usersSecret, defaultMode: 0o440 } },
      ],
    },
  };
}
