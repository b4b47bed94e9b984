import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import type { RequestListener } from "node:http";
import path from "node:path";
import { internet, programOf } from "../../support/charts";
import { strata, temporaryFolder } from "../../support/session";

/** A chart of a repository. */
export const HTTP = { chart: "web", repository: "https://charts.example", version: "1.2.3" };

/** The digest of a file, as registries write it. */
export function digest(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** Pulls a chart through a network of the test's own. */
export async function pull(pin: typeof HTTP, hosts: Readonly<Record<string, RequestListener>>) {
  const proxy = await internet(hosts);
  const to = path.join(temporaryFolder(), "mirror");
  const outcome = await strata(["charts", "pull", "--dir", programOf([pin]), "--to", to], { env: proxy.environment });
  return { ...outcome, files: existsSync(to) ? readdirSync(to).sort() : [], requests: proxy.requests() };
}
