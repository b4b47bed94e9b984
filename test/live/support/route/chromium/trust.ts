import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A home whose owner trusts one authority more than others do: a certificate of anybody else is refused, as everywhere.
 *
 * @param certificateAuthority certificate as PEM
 * @see https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md
 */
export async function trustingHome(folder: string, certificateAuthority: string, certutil: string): Promise<string> {
  const home = path.join(folder, "home");
  const database = path.join(home, ".pki", "nssdb");
  mkdirSync(database, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "authority.pem");
  writeFileSync(file, certificateAuthority, { mode: 0o600 });
  await run(certutil, ["-N", "-d", `sql:${database}`, "--empty-password"]);
  await run(certutil, ["-A", "-d", `sql:${database}`, "-n", "authority of this run", "-t", "C,,", "-i", file]);
  return home;
}
