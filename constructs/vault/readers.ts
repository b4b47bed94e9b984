import type { SecretDeclaration, SecretReader } from "../core/secrets";

/** The service accounts that read any of the declared secrets, each with the paths it may read. */
export function readersOf(
  secrets: readonly SecretDeclaration[],
): readonly { readonly reader: SecretReader; readonly paths: readonly string[] }[] {
  const byReader = new Map<string, { reader: SecretReader; paths: string[] }>();
  for (const secret of secrets) {
    for (const reader of secret.readers) {
      const key = `${reader.cluster}/${reader.namespace}/${reader.serviceAccount}`;
      const entry = byReader.get(key) ?? { reader, paths: [] };
      entry.paths.push(secret.path);
      byReader.set(key, entry);
    }
  }
  return [...byReader.values()];
}
