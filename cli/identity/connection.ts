import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { IdentityProvider } from "../../constructs/core/identity";
import type { Session } from "../session";
import { readIfThere } from "../vault/connection";

/** Where a provider's API is and how to trust it. */
export interface IdentityConnection {
  /** Without a path. */
  readonly address: string;
  /** PEM certificates that are trusted instead of the system's. */
  readonly ca?: string;
  /** Milliseconds that an answer may take. */
  readonly timeout: number;
}

/** Reads --url, STRATA_IDENTITY_CACERT and STRATA_IDENTITY_TIMEOUT. */
export function identityConnection(
  { env, cwd }: Session,
  provider: IdentityProvider,
  url: string | undefined,
): IdentityConnection {
  const file = env.STRATA_IDENTITY_CACERT;
  return {
    address: addressOf(url ?? provider.url),
    ca: file ? certificates(path.resolve(cwd, file)) : undefined,
    timeout: timeoutOf(env.STRATA_IDENTITY_TIMEOUT),
  };
}

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  const secure = url?.protocol === "https:" || (url?.protocol === "http:" && loopback);
  if (url !== undefined && secure && url.username === "" && url.pathname === "/") return url.origin;
  const fix = "Write it as https://sso.example.com; http is for a port-forward to this machine only.";
  throw StrataError.of({ where: "--url", problem: "not the URL of an identity provider", fix });
}

function certificates(file: string): string {
  const pem = readIfThere(file);
  if (pem?.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw StrataError.of({
    where: "STRATA_IDENTITY_CACERT",
    problem: pem === undefined ? `${file} cannot be read` : `${file} holds no PEM certificate`,
    fix: "Give the file of the CA that signed the provider's certificate.",
  });
}

function timeoutOf(text: string | undefined): number {
  if (!text) return 30_000;
  const seconds = Number(text);
  if (seconds > 0) return seconds * 1000;
  const problem = "not a number of seconds";
  throw StrataError.of({ where: "STRATA_IDENTITY_TIMEOUT", problem, value: text, fix: "Write it as 30." });
}
