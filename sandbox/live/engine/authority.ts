import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Authority } from "../pki";

/** The authority that everything in one sandbox trusts, and nothing outside of it: made once, kept in its folder. */
export async function sandboxAuthority(folder: string): Promise<{ authority: Authority; caFile: string }> {
  const caFile = path.join(folder, "ca.pem");
  const keyFile = path.join(folder, "ca-key.pem");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The key is written first: a certificate stands for a whole pair.
  if (!existsSync(caFile)) {
    const { issued } = await Authority.create("Strata sandbox");
    writeFileSync(keyFile, issued.key, { mode: 0o600 });
    writeFileSync(caFile, issued.certificate);
  }
  const issued = { certificate: readFileSync(caFile, "utf8"), key: readFileSync(keyFile, "utf8") };
  return { authority: await Authority.load(issued), caFile };
}
