import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Capability, Component, type ComponentProps } from "../../core/component";
import { backupDelivery } from "../../data/backup-secret";
import type { BackupTarget } from "../../data/backup-target";
import { postgresqlTraffic } from "../../data/postgresql";
import type { StoreSize } from "../../data/store";
import { PinnedChart } from "../../kubernetes/pinned-chart";
import { SecretDelivery, type VaultAddress } from "../../kubernetes/secret-delivery";
import { TenantNamespace } from "../../kubernetes/tenant-namespace";
import { type ComponentDefaults, pinOf } from "../shared/defaults";
import { layer } from "../shared/values";
import { TRAEFIK_NAMESPACE } from "../traefik";
import type { IdentityDatabase } from "./config";
import { CASDOOR_NAMESPACE, CASDOOR_PORT, CASDOOR_SERVICE } from "./names";
import { casdoorRoutes } from "./routes";
import { casdoorDeliveries } from "./secrets";
import { budget, OWN_DATABASE, postgresql, sessions } from "./stores";
import { values } from "./values";
import known from "./values.generated.json";

export type { IdentityDatabase } from "./config";
export { CASDOOR_NAMESPACE, CASDOOR_PORT, CASDOOR_SERVICE } from "./names";
export { casdoorProvider, casdoorSecrets, githubSecrets } from "./secrets";

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
  /** Where backups of its own PostgreSQL go. @default - nowhere */
  readonly backup?: BackupTarget;
}

const DEFAULTS = {
  // renovate: datasource=docker depName=casbin/casdoor-helm-charts registryUrl=https://registry-1.docker.io
  chart: "casdoor-helm-charts",
  repository: "oci://registry-1.docker.io/casbin",
  version: "3.158.0",
  namespace: CASDOOR_NAMESPACE,
} as const satisfies ComponentDefaults;

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
    const database = props.database ?? OWN_DATABASE;
    const namespace = new TenantNamespace(this, "namespace", {
      target,
      name: this.namespace,
      protection: props.protection,
      traffic: [
        { from: "namespace", namespace: TRAEFIK_NAMESPACE, ports: [CASDOOR_PORT] },
        ...(props.database === undefined
          ? postgresqlTraffic({ consumers: [], backup: props.backup !== undefined })
          : []),
        { to: "internet", ports: [443, 587], why: "upstream identity providers, mail" },
      ],
    });
    const secrets = new SecretDelivery(this, "secrets", {
      target,
      namespace: namespace.name,
      vault: props.vault,
      secrets: [
        ...casdoorDeliveries(props.cluster, { host: props.host, database }),
        ...(props.backup === undefined ? [] : [backupDelivery(props.backup.secret)]),
      ],
      dependsOn: [namespace.ready, ...(props.dependsOn ?? [])],
    });
    const stores = [...postgresql(this, props, [secrets.ready]), ...sessions(this, props, [secrets.ready])];
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
    this.ready = [chart.resource, ...budget(this, props, [chart.resource])];
  }

  /** Its public host: pages, API and the documents from which clients learn of it. */
  get exposure() {
    const { namespace, ready } = this;
    return { name: "sso", namespace, host: this.props.host, routes: casdoorRoutes(), dependsOn: ready };
  }
}
