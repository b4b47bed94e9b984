import { readFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";

/** Where Vault is and how to trust it; the variables are those of Vault's own command. */
export interface VaultConnection {
  readonly address: string;
  /** PEM certificates that are trusted besides the system's. */
  readonly ca?: string;
  /** Name to expect on the certificate when it differs from the host, as behind a port-forward. */
  readonly serverName?: string;
  readonly namespace?: string;
  readonly timeout: number;
}

/** Reads VAULT_ADDR, VAULT_CACERT, VAULT_TLS_SERVER_NAME, VAULT_NAMESPACE and VAULT_CLIENT_TIMEOUT. */
export function vaultConnection({ env, cwd }: Session): VaultConnection {
  return {
    address: address(env.VAULT_ADDR),
    ca: env.VAULT_CACERT ? certificates(path.resolve(cwd, env.VAULT_CACERT)) : undefined,
    serverName: env.VAULT_TLS_SERVER_NAME || undefined,
    namespace: env.VAULT_NAMESPACE || undefined,
    timeout: timeout(env.VAULT_CLIENT_TIMEOUT),
  };
}

/** The token of VAULT_TOKEN, or else the one that `vault login` left in the home folder. */
export function vaultToken({ env }: Session): string {
  const file = path.join(env.HOME ?? "", ".vault-token");
  const token = env.VAULT_TOKEN?.trim() || readIfThere(file)?.trim();
  if (token) return token;
  throw StrataError.of({
    where: "VAULT_TOKEN",
    problem: `no token: the variable is not set and ${file} is not there`,
    fix: "Set VAULT_TOKEN, or log in with `vault login`.",
  });
}

function address(text: string | undefined): string {
  const fix = "Set it to Vault's URL, as in https://vault.example.com or https://127.0.0.1:8200 behind a port-forward.";
  if (!text) throw StrataError.of({ where: "VAULT_ADDR", problem: "not set", fix });
  const url = tryUrl(text);
  const usable = url !== undefined && ["http:", "https:"].includes(url.protocol) && url.username === "";
  if (!usable) throw StrataError.of({ where: "VAULT_ADDR", problem: "not the URL of a server", fix });
  return text.replace(/\/+$/, "");
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function certificates(file: string): string {
  const pem = readIfThere(file);
  if (pem?.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw StrataError.of({
    where: "VAULT_CACERT",
    problem: pem === undefined ? `${file} cannot be read` : `${file} holds no PEM certificate`,
    fix: "Give the file of the CA that signed Vault's certificate.",
  });
}

/** Seconds, as `30` or `30s`. */
function timeout(text: string | undefined): number {
  if (!text) return 30_000;
  const seconds = Number(text.replace(/s$/, ""));
  if (seconds > 0) return seconds * 1000;
  throw StrataError.of({
    where: "VAULT_CLIENT_TIMEOUT",
    problem: "not a number of seconds",
    value: text,
    fix: "Write it as 30 or 30s.",
  });
}

/** The text of a file; undefined when it cannot be read. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
