import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { Route } from "../../access/route-table";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { serviceHost } from "../../core/names";
import { PostgresqlCluster, postgresqlTraffic } from "../../data/postgresql";
import type { StoreSize } from "../../data/store";
import { ManifestSet } from "../../kubernetes/manifest-set";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { SecretDelivery, type VaultAddress } from "../../kubernetes/secret-delivery";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { Valkey } from "../valkey";
import type { IdentityDatabase } from "./config";
import { CASDOOR_NAMESPACE, CASDOOR_PORT, CASDOOR_SERVICE, SESSIONS } from "./names";
import { casdoorDeliveries, casdoorPath, DATABASE, DATABASE_NAME, SESSION_PASSWORD } from "./secrets";
import { values } from "./values";
import known from "./values.generated.json";

export type { IdentityDatabase } from "./config";
export { CASDOOR_NAMESPACE, CASDOOR_PORT, CASDOOR_SERVICE } from "./names";
export { casdoorSecrets } from "./secrets";

export interface CasdoorProps extends ComponentProps {
  /** Name of the cluster; its secrets stand below it in Vault. */
  readonly cluster: string;
  /** Public host: the issuer of every token. */
  readonly host: string;
  readonly vault: VaultAddress;
  /** A database that stands already. @default - a PostgreSQL cluster of its own, in its namespace */
  readonly database?: IdentityDatabase;
  /** Size of its own PostgreSQL. @default - 10Gi of storage, 200m CPU, 512Mi of memory */
  readonly databaseSize?: StoreSize;
}

const DEFAULTS = {
  // renovate: datasource=docker depName=casbin/casdoor-helm-charts registryUrl=https://registry-1.docker.io
  chart: "casdoor-helm-charts",
  repository: "oci://registry-1.docker.io/casbin",
  version: "3.158.0",
  namespace: CASDOOR_NAMESPACE,
} as const satisfies ComponentDefaults;

/** Name of the PostgreSQL cluster, and the service under which its primary is reached. */
const POSTGRESQL = { name: "postgresql", service: "casdoor-postgresql" } as const;

/**
 * Casdoor, the identity provider, with its own PostgreSQL and session store. Its configuration and its initial data come
 * from Vault; organizations, clients and groups are reconciled through its API by `strata identity sync`.
 *
 * The chart has no CRDs. Casdoor changes its tables when it starts, so a release is never rolled back.
 *
 * @see https://casdoor.org/docs/overview
 */
export class Casdoor extends Component {
  static readonly NAME = "casdoor";
  static readonly PROVIDES: readonly Capability[] = ["identity"];
  static readonly REQUIRES: readonly Capability[] = ["secret-delivery", "postgresql-operator", "ingress", "issuers"];
  readonly namespace = DEFAULTS.namespace;
  readonly service = CASDOOR_SERVICE;
  readonly port = CASDOOR_PORT;
  /** URL of the issuer. */
  readonly issuer: string;
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CasdoorProps,
  ) {
    super(scope, id);
    const { target } = props;
    this.issuer = `https://${props.host}`;
    const database = props.database ?? ownDatabase();
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      protection: props.protection,
      traffic: [
        { from: "namespace", namespace: "traefik", ports: [CASDOOR_PORT] },
        ...(props.database === undefined ? postgresqlTraffic({ consumers: [] }) : []),
        { to: "internet", ports: [443, 587], why: "upstream identity providers, mail" },
      ],
    });
    const secrets = new SecretDelivery(this, "secrets", {
      target,
      namespace: namespace.name,
      vault: props.vault,
      secrets: casdoorDeliveries(props.cluster, { host: props.host, database }),
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const stores = [...this.postgresql([secrets.ready]), ...this.sessions([secrets.ready])];
    const chart = new PinnedChart(this, "chart", {
      target,
      release: "casdoor",
      namespace: namespace.name,
      pin: pinOf(DEFAULTS, props.version),
      values: layer(values(props, database), props.values),
      known,
      waiting: {
        until: "workloads",
        atomic: false,
        timeoutSeconds: 600,
        reason: "gates ask it; it changes its tables when it starts, which no rollback undoes",
      },
      dependsOn: stores,
    });
    this.ready = [chart.resource, ...this.budget([chart.resource])];
  }

  /** Its public host: pages, API and the documents from which clients learn of it. */
  get exposure() {
    const all: Route = {
      name: "identity",
      class: "public",
      path: "/",
      match: "prefix",
      backend: { service: CASDOOR_SERVICE, port: CASDOOR_PORT },
      rateLimit: { average: 50, burst: 100 },
    };
    const { namespace, ready } = this;
    return { name: "sso", namespace, host: this.props.host, routes: [all], dependsOn: ready };
  }

  private postgresql(dependsOn: readonly ITerraformDependable[]): readonly ITerraformDependable[] {
    const { target, protection, replicas, cluster, database, databaseSize } = this.props;
    if (database !== undefined) return dependsOn;
    const own = new PostgresqlCluster(this, "postgresql", {
      target,
      protection,
      dependsOn,
      ...POSTGRESQL,
      namespace: this.namespace,
      instances: replicas,
      size: databaseSize ?? { storage: "10Gi", cpu: "200m", memory: "512Mi" },
      databases: [
        {
          name: DATABASE_NAME,
          owner: DATABASE_NAME,
          passwordSecret: { name: DATABASE, path: casdoorPath(cluster) },
        },
      ],
    });
    return [own.ready];
  }

  private sessions(dependsOn: readonly ITerraformDependable[]): readonly ITerraformDependable[] {
    return new Valkey(this, "sessions", {
      target: this.props.target,
      protection: "delete",
      release: SESSIONS,
      namespace: this.namespace,
      usersSecret: SESSION_PASSWORD,
      users: { default: { permissions: "~* &* +@all -@admin -@dangerous" } },
      memory: "128Mi",
      dependsOn,
    }).ready;
  }

  /** The chart has no disruption budget. */
  private budget(dependsOn: readonly ITerraformDependable[]): readonly ITerraformDependable[] {
    if (this.props.replicas === 1) return [];
    const budget = new PodDisruptionBudget({
      metadata: { name: "casdoor", namespace: this.namespace },
      spec: { minAvailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": "casdoor" } } },
    });
    return [
      new ManifestSet(this, "budget", {
        target: this.props.target,
        release: "casdoor-budget",
        namespace: this.namespace,
        manifests: [budget],
        waiting: { until: "submitted", reason: "nothing of it starts" },
        dependsOn,
      }).ready,
    ];
  }
}

/** Where its own PostgreSQL will be. */
function ownDatabase(): IdentityDatabase {
  return {
    host: serviceHost(POSTGRESQL.service, CASDOOR_NAMESPACE),
    port: 5432,
    database: DATABASE_NAME,
    user: DATABASE_NAME,
    secretName: DATABASE,
    secretKey: "password",
  };
}
