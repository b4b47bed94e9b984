import path from "node:path";
import { z } from "zod";
import { inherited } from "../run/environment";
import { Failure } from "../run/failure";
import type { Bench } from "./bench";

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
  if (done.length > 0) await synthesizeAgain(bench);
  return done.map(({ stack, object, what, detail }) => [stack, object, what, detail].filter(Boolean).join(" "));
}

/** The program was checked and bundled when the run began, so its bundle alone is enough. */
async function synthesizeAgain({ paths, processes, config, program }: Bench): Promise<void> {
  const env = {
    ...inherited(),
    CDKTF_OUTDIR: paths.out,
    STRATA_CONFIG: config,
    STRATA_BACKEND: "local",
    STRATA_ONLY: program.only,
  };
  const { code, output } = await processes.run(process.execPath, [program.bundle], { cwd: paths.root, env });
  if (code !== 0) throw new Failure(`Synth fails with the imports:\n${output.trim()}`);
}

function parse(output: string) {
  const start = output.indexOf("{");
  const parsed = report.safeParse(start < 0 ? undefined : JSON.parse(output.slice(start, output.lastIndexOf("}") + 1)));
  if (parsed.success) return parsed.data;
  throw new Failure(`strata recover --json did not print its report:\n${output.trim()}`);
}
