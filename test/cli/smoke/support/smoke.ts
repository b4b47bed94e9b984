import { writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { reportFailure } from "../../../../cli/failure";
import { registerSmoke } from "../../../../cli/smoke";
import type { CheckResult } from "../../../../cli/smoke/checks/result";
import { fakeSession, type Person, temporaryFolder } from "../../support/session";
import { type ServerCertificate, TestAuthority } from "./certificates";
import { type Gateway, type Parts, startGateway } from "./gateway";
import { APP, SIGN_ON, writeRoutes } from "./program";

/** The hosts of the test's environment. */
export const HOSTS = [APP, SIGN_ON];

/** Runs the command in this process. */
export async function runSmoke(args: readonly string[], person: Person = {}) {
  const { session, lines } = fakeSession(person);
  const program = new Command("strata").exitOverride().configureOutput({
    writeOut: (text) => session.terminal.out(text),
    writeErr: (text) => session.terminal.err(text),
  });
  registerSmoke(program, session);
  let code: number;
  try {
    await program.parseAsync(["smoke", ...args], { from: "user" });
    code = session.exitCode;
  } catch (error) {
    code = reportFailure(error, session, args.includes("--json"));
  }
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
}

/** What a test changes of a good deployment. */
export interface Deployment {
  readonly parts?: Partial<Parts>;
  readonly certificate?: (authority: TestAuthority) => Promise<ServerCertificate>;
  readonly folder?: string;
  readonly args?: readonly string[];
  readonly person?: Person;
  /** Hosts whose address is given. @default - all */
  readonly pinned?: readonly string[];
  /** Name the test's authority with `--ca`. @default true */
  readonly trustAuthority?: boolean;
}

export interface SmokeOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly gateway: Gateway;
}

let authority: Promise<TestAuthority> | undefined;
let trusted: Promise<ServerCertificate> | undefined;

/** Deploys to this machine, and runs the command against it. */
export async function smokeAgainst(deployment: Deployment = {}): Promise<SmokeOutcome> {
  authority ??= TestAuthority.create();
  const signer = await authority;
  trusted ??= signer.issue(HOSTS);
  const certificate = await (deployment.certificate?.(signer) ?? trusted);
  const gateway = await startGateway(certificate, deployment.parts);
  try {
    const ca = path.join(temporaryFolder(), "ca.pem");
    writeFileSync(ca, signer.certificate);
    const pinned = (deployment.pinned ?? HOSTS).flatMap((host) => ["--resolve", `${host}=127.0.0.1:${gateway.port}`]);
    const place = ["--dir", deployment.folder ?? writeRoutes(), "--http-port", `${gateway.cleartextPort}`];
    const trust = deployment.trustAuthority === false ? [] : ["--ca", ca];
    const args = ["staging", ...place, ...trust, ...pinned, ...(deployment.args ?? [])];
    return { ...(await runSmoke(args, deployment.person)), gateway };
  } finally {
    await gateway.close();
  }
}

/** The same with the results read. */
export async function checksAgainst(deployment: Deployment = {}) {
  const outcome = await smokeAgainst({ ...deployment, args: ["--json", ...(deployment.args ?? [])] });
  const { checks, summary }: { checks: readonly CheckResult[]; summary: Record<string, number> } = JSON.parse(
    outcome.out,
  );
  const failed = checks
    .filter(({ verdict }) => verdict === "failed")
    .map(({ row = "host", check, problem }) => `${row} | ${check} | ${problem}`);
  return { ...outcome, checks, summary, failed };
}
