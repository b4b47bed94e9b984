import path from "node:path";
import { appNamespace, dataNamespace } from "../../../../constructs/core/names";
import type { ClusterConnection } from "../../../../sandbox/clusters/driver";
import { strataProgram } from "../../../../sandbox/live/vault";
import { findTerraform } from "../../../../sandbox/run/terraform-binary";
import { at, Objects } from "../controllers/objects";
import type { LivePlatform } from "../platform";
import { askVault } from "../vault-requests";

/** What can be seen of a deployed environment without its values. */
export interface EnvironmentSeen {
  /** Version of OpenPanel's path in Vault. */
  readonly version: unknown;
  /** Resource version of each Kubernetes secret that comes from Vault, by namespace and name. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Ids of the pods of each workload, by namespace and name. */
  readonly pods: Readonly<Record<string, readonly string[]>>;
}

/** What differs between two looks. Names only. */
export interface Difference {
  readonly secrets: readonly string[];
  /** Workloads all of whose pods are others. */
  readonly restarted: readonly string[];
}

const APP = "openpanel";
const OWNER_OF_POD = /-(?:[a-z0-9]+-[a-z0-9]{5}|\d+)$/;

/** Rotates secrets of a deployed platform by the command that its operators use, and looks at what became of it. */
export class PlatformRotation {
  /** @param clusters connection of each environment's cluster */
  constructor(
    private readonly platform: LivePlatform,
    private readonly clusters: Readonly<Record<string, ClusterConnection>>,
  ) {}

  /** Runs `strata` with the program of the platform, as whoever deployed it. */
  async strata(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
    const { paths, engine } = this.platform;
    const terraform = findTerraform(paths.tools);
    if (typeof terraform === "string") throw new Error(terraform);
    const { address, caFile, token } = engine.vault.login();
    const strata = strataProgram({ root: paths.root, home: path.join(paths.folder, "home") });
    const env = {
      TERRAFORM_BINARY_NAME: terraform.file,
      VAULT_ADDR: address,
      VAULT_CACERT: caFile,
      VAULT_TOKEN: token,
    };
    const { code, stdout, stderr } = await strata([...args, "--dir", paths.out], { env });
    return { code, said: stdout + stderr };
  }

  async look(environment: string): Promise<EnvironmentSeen> {
    const secrets: Record<string, unknown> = {};
    const pods: Record<string, string[]> = {};
    for (const namespace of [dataNamespace(environment), appNamespace(APP, environment)]) {
      const objects = this.objects(environment);
      for (const name of await objects.names(`/apis/external-secrets.io/v1/namespaces/${namespace}/externalsecrets`)) {
        const secret = `/api/v1/namespaces/${namespace}/secrets/${name}`;
        secrets[`${namespace}/${name}`] = await objects.value(secret, "metadata.resourceVersion");
      }
      const found = at(await objects.find(`/api/v1/namespaces/${namespace}/pods`), "items");
      for (const pod of Array.isArray(found) ? found : []) {
        if (at(pod, "metadata.deletionTimestamp") !== undefined) continue;
        if (at(pod, "metadata.ownerReferences.0.kind") === "Job") continue;
        const owner = `${namespace}/${String(at(pod, "metadata.name")).replace(OWNER_OF_POD, "")}`;
        pods[owner] = [...(pods[owner] ?? []), String(at(pod, "metadata.uid"))].sort();
      }
    }
    const metadata = await this.ask(`secret/metadata/${environment}/${APP}`);
    return { version: at(metadata, "data.current_version"), secrets, pods };
  }

  /** What changed from one look to the next. */
  static difference(before: EnvironmentSeen, after: EnvironmentSeen): Difference {
    return {
      secrets: Object.keys(after.secrets).filter((name) => after.secrets[name] !== before.secrets[name]),
      restarted: Object.keys(after.pods)
        .filter((name) => after.pods[name]?.every((uid) => before.pods[name]?.includes(uid) === false))
        .sort(),
    };
  }

  /** Whether Vault, both Kubernetes secrets and the database's role have the same password; what differs otherwise. */
  async disagreements(environment: string): Promise<readonly string[]> {
    const objects = this.objects(environment);
    const data = dataNamespace(environment);
    const value = at(await this.ask(`secret/data/${environment}/${APP}`), "data.data.postgres_password");
    const store = await objects.secret(data, `postgresql-${APP}`);
    const stores = await objects.secret(appNamespace(APP, environment), `${APP}-stores`);
    const version = await objects.value(
      `/api/v1/namespaces/${data}/secrets/postgresql-${APP}`,
      "metadata.resourceVersion",
    );
    const server = await objects.find(`/apis/postgresql.cnpg.io/v1/namespaces/${data}/clusters/postgresql`);
    const role = at(server, "spec.managed.roles.0");
    const known = at(server, `status.managedRolesStatus.passwordStatus.${String(at(role, "name"))}.resourceVersion`);
    const checks = {
      "the secret of the store": store?.password === value,
      "the secret of the application": decodeURIComponent(new URL(stores?.DATABASE_URL ?? "x:").password) === value,
      "the declaration of the role": at(role, "passwordSecret.name") === `postgresql-${APP}`,
      "the password of the role": known === version,
    };
    return Object.entries(checks).flatMap(([what, agrees]) => (agrees ? [] : [what]));
  }

  private objects(environment: string): Objects {
    const connection = this.clusters[environment];
    if (connection === undefined) throw new Error(`No cluster carries ${environment}.`);
    return new Objects(connection);
  }

  private async ask(secret: string): Promise<unknown> {
    const { vault } = this.platform.engine;
    const access = vault.access();
    if (access === undefined) throw new Error("Vault is not open.");
    return (await askVault(access, { method: "GET", path: secret, token: vault.login().token })).body;
  }
}
