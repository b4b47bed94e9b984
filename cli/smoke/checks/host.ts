import type { SecureContext } from "node:tls";
import { backOff, type RetryPolicy, withRetries } from "../../retry";
import { header, replyText } from "../http/answer";
import { type CertificateReport, inspectCertificate } from "../http/certificate";
import type { Client } from "../http/client";
import { lookupProblem, type Place, type Resolver } from "../http/resolve";
import type { Row } from "../program/rows";
import { destination, isRedirect } from "./login";
import type { CheckResult, Judgement } from "./result";

/** What the checks of a host use. */
export interface HostOptions {
  readonly client: Client;
  readonly resolver: Resolver;
  /** Whom to trust. */
  readonly trust: SecureContext;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** A certificate that lasts fewer days should have been renewed. */
  readonly certificateDays: number;
}

/** What is known of a host before its rows are asked. */
export interface HostReport {
  readonly results: readonly CheckResult[];
  /** Nobody there speaks TLS, or the name has no address: its rows can't be asked. */
  readonly reached: boolean;
  /** Its certificate is in order: a session may be sent there. */
  readonly trusted: boolean;
}

/** Name, certificate and plain HTTP of a host. */
export async function checkHost(host: string, rows: readonly Row[], options: HostOptions): Promise<HostReport> {
  const dns = await checkName(host, options);
  const [place] = dns.places;
  if (place === undefined) return { results: [dns.result], reached: false, trusted: false };
  const certificate = await checkCertificate(host, place, options);
  const results = [dns.result, certificate.result];
  if (!certificate.reached) return { results, reached: false, trusted: false };
  results.push(await checkCleartext(host, options), ...(await checkStrictTransport(host, rows, options)));
  return { results, reached: true, trusted: certificate.result.verdict === "ok" };
}

async function checkName(host: string, { resolver, retry }: HostOptions) {
  const say = (judgement: Judgement) => result(host, "DNS", "an address", judgement);
  try {
    const places = await withRetries(
      retry,
      (error) => lookupProblem(error) === "EAI_AGAIN",
      () => resolver.places(host),
    );
    const list = places.map(({ address }) => address).join(", ");
    return { places, result: say({ got: resolver.pinned(host) ? `${list}, given with --resolve` : list }) };
  } catch (error) {
    const places: readonly Place[] = [];
    return { places, result: say({ got: lookupProblem(error), problem: "dns" }) };
  }
}

async function checkCertificate(host: string, place: Place, options: HostOptions) {
  const { problems, daysLeft, issuer } = await certificateOf(host, place, options);
  const expected = `valid for the host, ${options.certificateDays} days at least`;
  const say = (judgement: Judgement) => result(host, "certificate", expected, judgement);
  const got = problems.join("; ");
  if (daysLeft === undefined) return { reached: false, result: say({ got, problem: "unreachable" }) };
  const lasts = `${daysLeft} ${daysLeft === 1 ? "day" : "days"} left, signed by ${issuer ?? "somebody"}`;
  if (problems.length > 0) return { reached: true, result: say({ got, problem: "certificate" }) };
  const late = daysLeft < options.certificateDays;
  return { reached: true, result: say({ got: lasts, ...(late ? { problem: "certificate" as const } : {}) }) };
}

/** A handshake that broke off is tried again. */
async function certificateOf(host: string, place: Place, options: HostOptions): Promise<CertificateReport> {
  for (let attempt = 1; ; attempt++) {
    const report = await inspectCertificate(host, place, options);
    if (report.daysLeft !== undefined || attempt >= options.retry.attempts) return report;
    await backOff(options.retry, attempt + 1);
  }
}

/** Plain HTTP leads to HTTPS, or nowhere. */
async function checkCleartext(host: string, { client }: HostOptions): Promise<CheckResult> {
  const say = (judgement: Judgement) => result(host, "plain HTTP", "sent to HTTPS, or refused", judgement);
  const asked = { host, target: "/strata-smoke" };
  const reply = await client.send({ ...asked, cleartext: true });
  if (reply.kind === "silence") return say({ got: replyText(reply) });
  const got = replyText(reply);
  const to = destination(reply, asked);
  const safe = isRedirect(reply) && to?.protocol === "https:" && to.hostname === host;
  return say(safe ? { got } : { got: `${got}: served without encryption`, problem: "cleartext" });
}

/** Where the routes say so, browsers are told to use HTTPS only. */
async function checkStrictTransport(host: string, rows: readonly Row[], { client }: HostOptions) {
  const row = rows.find(({ methods, rendered: { treatment } }) => {
    const reads = methods === undefined || methods.includes("GET");
    return treatment.strictTransportSeconds !== undefined && reads;
  });
  const seconds = row?.rendered.treatment.strictTransportSeconds;
  if (row === undefined || seconds === undefined) return [];
  const say = (judgement: Judgement) => [result(host, "HSTS", `max-age of ${seconds} s at least`, judgement)];
  const reply = await client.send({ host, target: row.path });
  if (reply.kind === "silence") return say({ got: replyText(reply), problem: "hsts" });
  const text = header(reply, "strict-transport-security");
  const given = Number(/max-age="?(\d+)/i.exec(text)?.[1] ?? 0);
  return say({ got: text || "no such header", ...(given < seconds ? { problem: "hsts" as const } : {}) });
}

function result(host: string, check: string, expected: string, judgement: Judgement): CheckResult {
  return { host, check, expected, ...judgement, verdict: judgement.problem === undefined ? "ok" : "failed" };
}
