import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { SandboxPaths } from "./paths";
import { stopFile } from "./processes";

/** What children may see of the user's environment. Everything else stays out: credentials, proxies, TF_* settings. */
const ALLOWED = ["PATH", "TMPDIR", "TEMP", "TMP", "TERM", "LANG", "LC_ALL", "NO_COLOR", "SYSTEMROOT"];

/** Nothing listens there: what tries to reach a network through it fails at once, and loopback is exempt. */
const DEAD_PROXY = "http://127.0.0.1:9";

/**
 * The tokens that the program leaves to the environment: they open nothing, and each is a text of its own that a test can
 * look for wherever something is written.
 */
export const FAKE_TOKENS = {
  VULTR_API_KEY: "SANDBOX7VULTR7KEY7THAT7OPENS7NOTHING",
  CLOUDFLARE_API_TOKEN: "sandbox7cloudflare7token7opens7nothing7x",
  VAULT_TOKEN: "hvs.sandbox7vault7token7opens7nothing",
} as const;

const FAKE_CREDENTIALS = { ...FAKE_TOKENS, VAULT_ADDR: "https://vault.sandbox.invalid" };

/** Names the folder that takes Terraform's errors, a file for each stack. */
export const ERRORS_VARIABLE = "STRATA_SANDBOX_ERRORS";

/** What the environment of a child is made of. */
export interface EnvironmentOptions {
  readonly paths: SandboxPaths;
  /** The Terraform binary itself. */
  readonly terraform: string;
  /** The value of TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
}

/**
 * The environment of cdktf and Terraform, built from nothing: no cloud credential, no network, no file of the user.
 * Writes the few files that it points to.
 */
export function sandboxEnvironment({ paths, terraform, reattach }: EnvironmentOptions): Record<string, string> {
  mkdirSync(paths.home, { recursive: true });
  const cliConfig = path.join(paths.home, "terraform.rc");
  writeFileSync(cliConfig, "");
  return {
    ...inherited(),
    ...FAKE_CREDENTIALS,
    HOME: paths.home,
    CDKTF_HOME: path.join(paths.home, ".cdktf"),
    TERRAFORM_BINARY_NAME: wrapper(paths, terraform),
    TF_REATTACH_PROVIDERS: reattach,
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "1",
    // cdktf draws for a terminal unless it believes to run in CI.
    CI: "1",
    HTTP_PROXY: DEAD_PROXY,
    HTTPS_PROXY: DEAD_PROXY,
    http_proxy: DEAD_PROXY,
    https_proxy: DEAD_PROXY,
    NO_PROXY: "127.0.0.1,localhost,::1",
  };
}

/** The part of the user's environment that children may see. */
export function inherited(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = ALLOWED.map((name) => [name, env[name]] as const);
  return Object.fromEntries(kept.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/**
 * cdktf starts Terraform on a terminal of its own, out of our process group. The wrapper notes each process id, so that
 * Ctrl-C reaches all of them; lets Terraform outlive that terminal, so that it writes its state; and keeps its errors.
 */
function wrapper(paths: SandboxPaths, terraform: string): string {
  const file = path.join(paths.folder, "bin", "terraform");
  mkdirSync(path.dirname(file), { recursive: true });
  const lines = [
    "#!/bin/sh",
    `[ -e ${quote(stopFile(paths.pids))} ] && exit 130`,
    `echo $$ >> ${quote(paths.pids)}`,
    "trap '' HUP",
    `[ -n "$${ERRORS_VARIABLE}" ] && exec 2>> "$${ERRORS_VARIABLE}/\${PWD##*/}.log"`,
    `exec ${quote(terraform)} "$@"`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o755);
  return file;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
