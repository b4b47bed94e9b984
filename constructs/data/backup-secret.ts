import type { SecretKey } from "../core/secrets";
import type { DeliveredSecret } from "../kubernetes/secret-delivery";
import { BACKUP_KEYS } from "./backup-target";
import type { StoreSecret } from "./store";

/** Kubernetes secret with a bucket's key pair, in every namespace that writes backups. */
export const BACKUP_SECRET = "backups";

/**
 * Password of the user with which ClickHouse makes its backups: it stands beside the keys that the user works with. The
 * server reads the hash only, the Jobs the password.
 */
export const CLICKHOUSE_PASSWORD = { password: "clickhouse_password", hash: "clickhouse_password_sha256_hex" } as const;

/** What a bucket's path in Vault holds for ClickHouse beside the key pair. */
export const CLICKHOUSE_BACKUP_KEYS: Readonly<Record<string, SecretKey>> = {
  [CLICKHOUSE_PASSWORD.password]: { kind: "generated", rule: { alphabet: "url-safe", length: 40 } },
};

/** The Kubernetes secret with a bucket's key pair. */
export function backupDelivery({ name, path }: StoreSecret): DeliveredSecret {
  return { name, path, template: templates(BACKUP_KEYS.accessKey, BACKUP_KEYS.secretKey) };
}

/** The same with the password, and its hash for the server. */
export function backupDeliveryWithClickhouse(secret: StoreSecret): DeliveredSecret {
  const { template, ...delivery } = backupDelivery(secret);
  const hash = { [CLICKHOUSE_PASSWORD.hash]: `{{ .${CLICKHOUSE_PASSWORD.password} | sha256sum }}` };
  return { ...delivery, template: { ...template, ...templates(CLICKHOUSE_PASSWORD.password), ...hash } };
}

function templates(...keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, `{{ .${key} }}`]));
}
