import type { SecretValue } from "../../secrets/secret-value";
import type { Row } from "../program/rows";
import { expectationOf } from "./expectation";
import { checkHost, type HostOptions, type HostReport } from "./host";
import { checkLogins } from "./login-page";
import { isSent, type Probe, type ProbeOptions, probesOf } from "./probes";
import type { CheckResult } from "./result";

export interface RunOptions extends HostOptions, Omit<ProbeOptions, "session"> {
  readonly concurrency: number;
  /** Cookies of a session, as a browser sends them. @default - checks without a session only */
  readonly session?: SecretValue;
  /** Told of what was done so far, in requests. */
  readonly onProgress: (done: number, all: number) => void;
}

/** A row as the report names it. */
export function rowName({ methods, label }: Row): string {
  return methods === undefined ? label : `${methods.join(", ")} ${label}`;
}

/** Checks hosts with all their rows; the results stand in the order of the route tables. */
export async function runChecks(rows: readonly Row[], options: RunOptions): Promise<readonly CheckResult[]> {
  const hosts = [...new Set(rows.map(({ host }) => host))];
  const reports = new Map<string, HostReport>();
  await pooled(hosts, options.concurrency, async (host) => {
    const own = rows.filter((row) => row.host === host);
    reports.set(host, await checkHost(host, own, options));
  });
  const reached = (row: Row) => reports.get(row.host)?.reached === true;
  const probes = rows
    .filter(reached)
    .flatMap((row) => probesOf(row, { ...options, session: options.session !== undefined }));
  const sent = probes.filter((probe) => isSent(probe, { ...options, session: true }));
  let done = 0;
  const results = new Map<Probe, CheckResult>();
  await pooled(sent, options.concurrency, async (probe) => {
    results.set(probe, await ask(probe, options, reports.get(probe.row.host)?.trusted === true));
    options.onProgress(++done, sent.length);
  });
  const logins = await checkLogins(rows.filter(reached), options);
  return hosts.flatMap((host) => [
    ...(reports.get(host)?.results ?? []),
    ...logins.filter((login) => login.host === host),
    ...rows
      .filter((row) => row.host === host)
      .flatMap((row) => {
        if (!reached(row)) return [notAsked(row, options)];
        return probes.filter((probe) => probe.row === row).map((probe) => results.get(probe) ?? notSent(probe));
      }),
  ]);
}

async function ask(probe: Probe, options: RunOptions, trusted: boolean): Promise<CheckResult> {
  const { row, method, target, headers, judge, session = false } = probe;
  const { host } = row;
  // A session is as good as a password: it goes to nobody who can't prove to be that host.
  if (session && !trusted)
    return { ...resultOf(probe), got: "not sent: the certificate is not in order", verdict: "skipped" };
  const cookie: Record<string, string> =
    session && options.session !== undefined ? { cookie: options.session.reveal() } : {};
  const reply = await options.client.send({
    host,
    target,
    method,
    headers: { ...headers, ...cookie },
    verified: session,
  });
  const judgement = judge(reply, { host, target }, options.loginHosts);
  return { ...resultOf(probe), ...judgement, verdict: judgement.problem === undefined ? "ok" : "failed" };
}

function resultOf({ row, check, expected }: Probe) {
  return { host: row.host, row: rowName(row), class: row.class, check, expected };
}

function notSent(probe: Probe): CheckResult {
  return { ...resultOf(probe), got: "not sent without --all-methods", verdict: "skipped" };
}

function notAsked(row: Row, { loginHosts }: RunOptions): CheckResult {
  const [expected] = expectationOf(row, loginHosts).browser;
  const got = "not asked: the host is not reached";
  return { host: row.host, row: rowName(row), class: row.class, check: "all", expected, got, verdict: "skipped" };
}

/** Works on several items at a time. */
async function pooled<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
