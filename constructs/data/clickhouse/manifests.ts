import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { ClickHouseInstallation } from "../../components/clickhouse-operator/model/clickhouse-installation.generated";
import { keepAnnotation } from "../../core/protection";
import { restrictedContainer, restrictedPod } from "../../kubernetes/restricted-pod";
import { storageClassOf } from "../storage-class";
import { resourcesOf } from "../store";
import { serverVariables, storeFile } from "./backup-store";
import type { ClickhouseInstallationProps } from "./index";
import { SERVER_PODS } from "./labels";
import { CLICKHOUSE_PORTS } from "./traffic";
import { users } from "./users";

/** User and group `clickhouse` of the server's image; it starts as this user without preparing anything as root. */
export const CLICKHOUSE_USER = 101;

/** Name of the only cluster of an installation. */
const CLUSTER = "main";

interface ServerPod {
  readonly name: string;
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: IPodSpec & { containers: { name: string; image: string }[] };
}

/** Names of the templates inside the installation. */
const TEMPLATE = { pod: "server", service: "service", data: "data" } as const;

/** One generation of the store. */
export interface Installation {
  /** Name of the generation. */
  readonly name: string;
  /** Service of the generation itself; consumers know another one. */
  readonly service: string;
  readonly image: string;
  readonly networks: readonly string[];
  /** Whether it starts from a backup. */
  readonly restored: boolean;
}

export function installation(props: ClickhouseInstallationProps, own: Installation): ClickHouseInstallation {
  const { backup } = props;
  return new ClickHouseInstallation({
    metadata: { name: own.name, namespace: props.namespace, annotations: keepAnnotation(props.protection) },
    spec: {
      defaults: {
        templates: {
          podTemplate: TEMPLATE.pod,
          dataVolumeClaimTemplate: TEMPLATE.data,
          serviceTemplate: TEMPLATE.service,
        },
      },
      configuration: {
        // One shard and one replica: OpenPanel's single-node tables are not replicated, and there is no way from one
        // layout to the other.
        clusters: [{ name: CLUSTER, layout: { shardsCount: 1, replicasCount: 1 } }],
        settings: { "logger/level": "information" },
        users: users({ ...props, ...own }),
        ...(backup !== undefined && { files: storeFile(backup, props.name) }),
      },
      templates: {
        podTemplates: [podTemplate(props, own.image)],
        volumeClaimTemplates: [volumeClaim(props)],
        serviceTemplates: [service(own.service)],
      },
    },
  });
}

/** The model leaves the pod open; its type is checked here. */
function podTemplate(props: ClickhouseInstallationProps, image: string): ServerPod {
  return {
    name: TEMPLATE.pod,
    metadata: { labels: { ...SERVER_PODS } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // Parts being written are flushed before the server ends.
      terminationGracePeriodSeconds: 120,
      securityContext: restrictedPod(CLICKHOUSE_USER),
      ...props.placement,
      containers: [
        {
          // The operator finds the server's container by this name.
          name: "clickhouse",
          image,
          ...(props.backup !== undefined && { env: serverVariables(props.backup) }),
          // The entry point prepares files below /etc and /var when it starts.
          securityContext: restrictedContainer({ writableRoot: true }),
          resources: resourcesOf(props.size),
        },
      ],
    },
  };
}

function volumeClaim(props: ClickhouseInstallationProps) {
  return {
    name: TEMPLATE.data,
    // What the operator does with the claim when the installation goes.
    reclaimPolicy: props.protection === "retain" ? ("Retain" as const) : ("Delete" as const),
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: props.storageClass ?? storageClassOf(props.protection),
      resources: { requests: { storage: props.size.storage } },
    },
  };
}

/** The name is exact: the operator's own pattern would be `clickhouse-<installation>`. */
function service(name: string) {
  return {
    name: TEMPLATE.service,
    generateName: name,
    spec: {
      type: "ClusterIP" as const,
      ports: [
        { name: "http", port: CLICKHOUSE_PORTS.http },
        { name: "tcp", port: CLICKHOUSE_PORTS.native },
      ],
    },
  };
}
