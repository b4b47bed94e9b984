import path from "node:path";
import { z } from "zod";
import { Failure } from "../run/failure";
import type { Bench } from "./bench";
import { synthesizeAgain } from "./program";

const report = z.object({
  lines: z.array(z.object({ stack: z.string(), object: z.string(), what: z.string(), detail: z.string() })),
});

/** What changes nothing: it was only seen. */
const SEEN = "seen";

/**
 * Runs `strata recover` as a user does after a killed run, and synthesizes again when it has written imports. Answers
 * what it did, a line each.
 */
export async function recover(bench: Bench): Promise<string[]> {
  const { paths, processes, terraform, faces, config } = bench;
  const args = [path.join(paths.root, "cli", "bin.mjs"), "recover", "--dir", paths.out, "--config", config, "--json"];
  const env = {
    ...terraform.env,
    VULTR_API_URL: faces.vultr,
    CLOUDFLARE_BASE_URL: faces.cloudflare,
    VAULT_ADDR: faces.vault.address,
    VAULT_CACERT: bench.vaultAuthority,
  };
  const { code, output } = await processes.run(process.execPath, args, { cwd: paths.folder, env });
  if (code !== 0) throw new Failure(`strata recover ends with ${code}:\n${output.trim()}`);
  const done = parse(output).lines.filter(({ what }) => what !== SEEN);
  if (done.length > 0) await synthesizeAgain(bench.program, processes, { config, out: paths.out });
  return done.map(({ stack, object, what, detail }) => [stack, object, what, detail].filter(Boolean).join(" "));
}

function parse(output: string) {
  const start = output.indexOf("{");
  const parsed = report.safeParse(start < 0 ? undefined : JSON.parse(output.slice(start, output.lastIndexOf("}") + 1)));
  if (parsed.success) return parsed.data;
  throw new Failure(`strata recover --json did not print its report:\n${output.trim()}`);
}
