import { replyText, withoutQuery } from "../http/answer";
import type { Client } from "../http/client";
import type { Row } from "../program/rows";
import { answeredByLogin } from "./judges";
import { destination } from "./login";
import type { CheckResult } from "./result";

/** Redirects between a gate and the page where somebody logs in. */
const STEPS = 5;

interface Options {
  readonly client: Client;
  readonly loginHosts: ReadonlySet<string>;
}

/** Follows a browser to the login of every gate of every host: a redirect to a page that is down is no login. */
export async function checkLogins(rows: readonly Row[], options: Options): Promise<readonly CheckResult[]> {
  const gates = new Map<string, Row>();
  for (const row of rows) {
    const { gate } = row.rendered.treatment;
    const reads = row.methods === undefined || row.methods.includes("GET");
    if (row.class === "gated" && gate !== undefined && reads) gates.set(`${row.host} ${gate}`, row);
  }
  const results: CheckResult[] = [];
  for (const row of gates.values()) results.push(...(await follow(row, options)));
  return results;
}

async function follow({ host, path }: Row, { client, loginHosts }: Options): Promise<readonly CheckResult[]> {
  const accept = "text/html,application/xhtml+xml";
  let asked = { host, target: path };
  let reply = await client.send({ ...asked, headers: { accept } });
  // What is wrong up to here is told for the rows themselves.
  if (reply.kind === "silence" || destination(reply, asked) === undefined) return [];
  const base = { host, check: "login page", expected: "answers over a trusted connection" };
  for (let step = 0; step < STEPS; step++) {
    const to = reply.kind === "answer" ? destination(reply, asked) : undefined;
    if (to === undefined) {
      const judgement = answeredByLogin(reply, asked, loginHosts);
      const got = `https://${asked.host}${withoutQuery(asked.target)}: ${judgement.got}`;
      return [{ ...base, ...judgement, got, verdict: judgement.problem === undefined ? "ok" : "failed" }];
    }
    const known = loginHosts.has(to.hostname) || to.hostname === host;
    if (!known || to.protocol !== "https:") return [];
    asked = { host: to.hostname, target: `${to.pathname}${to.search}` };
    reply = await client.send({ ...asked, headers: { accept }, verified: true });
  }
  return [{ ...base, got: `more than ${STEPS} redirects, ${replyText(reply)}`, problem: "login", verdict: "failed" }];
}
