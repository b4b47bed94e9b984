import { readFileSync } from "node:fs";
import path from "node:path";
import { createSecureContext, rootCertificates } from "node:tls";
import { StrataError } from "../../constructs/core/errors";
import { SecretValue } from "../secrets/secret-value";
import { readSource } from "../secrets/source";
import type { Session } from "../session";
import { runChecks } from "./checks/run";
import { client } from "./http/client";
import { resolver } from "./http/resolve";
import { environmentRoutes } from "./program/environment";
import { readRoutes } from "./program/rows";
import { printReport, summarise } from "./report";

export interface SmokeOptions {
  /** Folder of the synthesized program. */
  readonly dir: string;
  /** Check the hosts of the platform that the environment stands on too. @default false */
  readonly platform?: boolean;
  /** Where the cookies of a session are: `@FILE` or `env:VARIABLE`. @default - only checks without a session */
  readonly sessionCookie?: string;
  /** Hosts with the address where they are reached, as in `app.example.com=192.0.2.10`. */
  readonly resolve: readonly string[];
  /** Further hosts where people log in. */
  readonly loginHost: readonly string[];
  /** PEM file of authorities that are trusted besides the usual ones. @default - the usual ones */
  readonly ca?: string;
  /** Seconds to wait for an answer. */
  readonly timeout: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Days that a certificate has to last. */
  readonly certificateDays: number;
  /** Port of plain HTTP. */
  readonly httpPort: number;
  /** Send methods that change something too. @default false */
  readonly allMethods?: boolean;
  /** Print every check. @default false */
  readonly details?: boolean;
  readonly json?: boolean;
}

/** Silence and rate limits are tried again, but no deployed host is waited for. */
const ATTEMPTS = 3;

/** `strata smoke`: 0 everything is as declared, 2 a check failed, 1 a problem. */
export async function smoke(session: Session, environment: string, options: SmokeOptions): Promise<number> {
  const { cwd, terminal, retry } = session;
  const program = readRoutes(path.resolve(cwd, options.dir));
  const { own, platform, loginHosts } = environmentRoutes(program, environment);
  const rows = options.platform ? [...platform, ...own] : own;
  const extra = options.ca === undefined ? [] : [authority(path.resolve(cwd, options.ca))];
  // Once for all connections: reading the list of authorities takes longer than a handshake.
  const trust = createSecureContext({ ca: [...rootCertificates, ...extra] });
  const limited = { ...retry, attempts: Math.min(retry.attempts, ATTEMPTS) };
  const timeoutMs = options.timeout * 1000;
  const resolve = resolver(options.resolve);
  const cookie = options.sessionCookie === undefined ? undefined : cookieOf(options.sessionCookie, session);
  if (!options.json) {
    const hosts = [...new Set(rows.map(({ host }) => host))].join(", ");
    terminal.err(`${environment}: ${rows.length} rows of ${hosts}`);
  }
  const results = await runChecks(rows, {
    client: client({
      resolver: resolve,
      timeoutMs,
      trust,
      retry: limited,
      cleartextPort: options.httpPort,
    }),
    resolver: resolve,
    trust,
    timeoutMs,
    program,
    loginHosts: new Set([...loginHosts, ...options.loginHost]),
    retry: limited,
    certificateDays: options.certificateDays,
    concurrency: options.concurrency,
    allMethods: options.allMethods === true,
    session: cookie,
    onProgress: terminal.interactive && !options.json ? progress(terminal.err) : () => undefined,
  });
  const summary = summarise(results);
  if (options.json) {
    terminal.out(JSON.stringify({ schemaVersion: 1, environment, summary, checks: results }, undefined, 2));
  } else {
    printReport(terminal, results, options.details === true);
  }
  return summary.failed === 0 ? 0 : 2;
}

/** A line for each tenth. */
function progress(tell: (line: string) => void): (done: number, all: number) => void {
  return (done, all) => {
    const tenth = Math.max(1, Math.ceil(all / 10));
    if (done % tenth === 0 || done === all) tell(`  ${done} of ${all} requests`);
  };
}

function authority(file: string): string {
  try {
    const pem = readFileSync(file, "utf8");
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  } catch {
    // Told below: the same is to be done about it.
  }
  const fix = "Give the PEM file of the authority that signed the hosts' certificates.";
  throw StrataError.of({ where: "--ca", problem: "holds no PEM certificate, or can't be read", value: file, fix });
}

function cookieOf(source: string, session: Session): SecretValue {
  const fix = "Write it as @FILE or env:VARIABLE; the text is that of a browser's Cookie header.";
  const found = readSource(source, session, fix);
  const where = "--session-cookie";
  if (!(found instanceof SecretValue)) throw StrataError.of({ where, ...found });
  // A line break would end the header, and begin another one.
  if (/^[^\s=;]+=[\x20-\x7e]*$/.test(found.reveal())) return found;
  throw StrataError.of({ where, problem: "is not what a Cookie header holds, as in name=value; other=value", fix });
}
