import { CASDOOR_NAMESPACE, casdoorSecrets } from "../../constructs/components/casdoor";
import { grafanaSecrets } from "../../constructs/components/grafana";
import { gateSecrets } from "../../constructs/components/oauth2-proxy";
import { snapshotAccount, VAULT_AUDIT_FILE, VAULT_NAMESPACE } from "../../constructs/components/vault";
import { LayerStack } from "../../constructs/core/layer-stack";
import { stackId } from "../../constructs/core/names";
import { declareSecret, type SecretDeclaration } from "../../constructs/core/secrets";
import { secretReader } from "../../constructs/kubernetes/secret-delivery";
import {
  AuditDevice,
  ClusterAuth,
  readersOf,
  SecretsMount,
  SnapshotTaker,
  VaultProvider,
  VaultReader,
} from "../../constructs/vault";
import type { Cluster } from "../../schema/model";
import { type Backups, backupKeys, centralBackups } from "../backups";
import type { ProgramContext } from "../context";
import { grantPlatform, letDeployersIn } from "./people";

/**
 * A cluster's way into the central Vault, and what its components may read there. The provider takes VAULT_ADDR and
 * VAULT_TOKEN from the environment.
 */
export class SecretsStack extends LayerStack {
  constructor(context: ProgramContext, cluster: Cluster) {
    const id = stackId.secrets(cluster.name);
    super(context.app, id, context.stackProps(id, { layer: 2, step: 1 }));
    const provider = new VaultProvider(this, "vault", {});
    const contract = context.ref(stackId.cluster(cluster.name));
    // The central base stack brings the Vault server up.
    this.after(context.ref(stackId.base(cluster.name)));
    if (cluster.central) {
      new SecretsMount(this, "secrets", { provider, protection: cluster.protection });
      new AuditDevice(this, "audit", { provider, file: VAULT_AUDIT_FILE });
    } else this.after(context.ref(stackId.secrets(context.platform.central)));
    const auth = new ClusterAuth(this, "auth", {
      provider,
      cluster: cluster.name,
      host: cluster.central ? "https://kubernetes.default.svc" : this.read(contract, "host"),
      caCertificate: this.read(contract, "cluster_ca_certificate"),
    });
    const backups = cluster.central ? centralBackups(context.platform) : undefined;
    const secrets = [...componentSecrets(cluster), ...(backups === undefined ? [] : [centralKeys(cluster, backups)])];
    for (const secret of secrets) declareSecret(this, secret);
    if (backups !== undefined) {
      const account = snapshotAccount(cluster.name);
      new SnapshotTaker(this, "snapshot-taker", { provider, account, dependsOn: [auth.ready] });
    }
    if (cluster.central) grantPlatform(this, context, provider);
    letDeployersIn(this, context, cluster, provider, [auth.ready]);
    for (const { reader, paths } of readersOf(secrets)) {
      new VaultReader(this, `reader-${reader.namespace}`, { provider, reader, paths, dependsOn: [auth.ready] });
    }
  }
}

/** What the components of a cluster need to be secret. */
function componentSecrets(cluster: Cluster): SecretDeclaration[] {
  const identity = cluster.central && cluster.components.casdoor !== false ? casdoorSecrets(cluster.name) : [];
  const gates = cluster.components["oauth2-proxy"] === false ? [] : Object.keys(cluster.gates);
  const grafana = cluster.components.grafana === false ? [] : grafanaSecrets(cluster.name);
  return [...identity, ...gates.flatMap((gate) => gateSecrets(cluster.name, gate)), ...grafana];
}

/** The key pair of the central cluster's own backups: Vault's snapshots, and the identity provider's database. */
function centralKeys(cluster: Cluster, backups: Backups): SecretDeclaration {
  const readers = [VAULT_NAMESPACE, CASDOOR_NAMESPACE].map((namespace) => secretReader(cluster.name, namespace));
  return backupKeys(backups, readers);
}
