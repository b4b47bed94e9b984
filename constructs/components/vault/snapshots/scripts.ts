import { vaultNames } from "../../../core/names";
import { snapshotAccount } from "../names";

/** Folder that the two containers of a run share. */
export const WORK = "/snapshots";
/** Where the token of the account is. */
export const TOKEN_FOLDER = "/var/run/secrets/vault";
/** Folder of the bucket. */
export const FOLDER = "vault";

const FILE = `${WORK}/vault.snap`;

/**
 * Logs in, takes a snapshot and gives the token back. Vault's command refuses a snapshot that is not whole. No secret is
 * an argument: the account's token is read from its file, Vault's own from the environment.
 */
export function takeScript(cluster: string): string {
  const { namespace, serviceAccount } = snapshotAccount(cluster);
  const role = vaultNames.reader(cluster, namespace, serviceAccount);
  const login = `auth/${vaultNames.authMount(cluster)}/login`;
  return [
    `VAULT_TOKEN="$(vault write -field=token ${login} role=${role} jwt=@${TOKEN_FOLDER}/token)"`,
    "export VAULT_TOKEN",
    "trap 'vault token revoke -self >/dev/null || true' EXIT",
    `vault operator raft snapshot save ${FILE}`,
    `echo "snapshot of $(stat -c %s ${FILE}) bytes"`,
  ].join("\n");
}

/**
 * Uploads the snapshot, then deletes what is older than the days: nothing when the upload failed, and never the snapshot
 * that was just made, whatever the clocks say.
 */
export function uploadScript(retentionDays: number): string {
  const folder = `"store:$BUCKET/${FOLDER}"`;
  return [
    'name="$(date -u +%Y%m%dT%H%M%SZ).snap"',
    `rclone copyto ${FILE} "store:$BUCKET/${FOLDER}/$name"`,
    `echo "uploaded ${FOLDER}/$name"`,
    [
      `rclone delete ${folder} --verbose --max-depth 1 --min-age ${retentionDays}d`,
      '--filter "- /$name" --filter "+ /*.snap" --filter "- *"',
    ].join(" "),
  ].join("\n");
}
