import { createReadStream, statSync } from "node:fs";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { errorField } from "../../error-field";
import { explainAnswer, explainConnection, VaultFailure } from "../failure";
import type { OpenVault } from "../login";

/** A request whose body, or whose answer, is a file of any size: neither comes into memory. */
export interface Transfer {
  readonly method: "GET" | "POST";
  /** Below `/v1/`. */
  readonly path: string;
  /** What is asked for, for messages, as in `take a snapshot`. */
  readonly what: string;
  /** File that is sent. @default - none */
  readonly file?: string;
}

/**
 * Sends the request and gives the answer, whose body is still to be read. Snapshots are the leader's work: another
 * server sends on to it, and it is followed there once.
 *
 * @throws VaultFailure for every answer that is none of success
 */
export async function transfer(vault: OpenVault, request: Transfer): Promise<IncomingMessage> {
  const { address } = vault.connection;
  const answer = await send(vault, new URL(`${address}/v1/${request.path}`), request);
  const { statusCode = 0, headers } = answer;
  if (![301, 302, 307, 308].includes(statusCode)) return succeeded(address, request, answer);
  answer.resume();
  const leader = leaderOf(address, headers.location);
  const led = await send(vault, leader, request).catch((error: unknown) => {
    if (!(error instanceof VaultFailure) || !["unreachable", "untrusted"].includes(error.kind)) throw error;
    const problem = `it is not the leader, and the leader ${leader.origin} is no help: ${problemsOf(error)}`;
    const fix = "Point VAULT_ADDR at the leader: `kubectl -n vault port-forward svc/vault-active 8200`.";
    throw new VaultFailure(error.kind, address, problem, fix);
  });
  return succeeded(leader.origin, request, led);
}

function problemsOf(error: VaultFailure): string {
  return error.issues.map(({ problem }) => problem).join("; ");
}

/** The token goes where Vault says, but never from https to http. */
function leaderOf(address: string, location = ""): URL {
  const leader = URL.canParse(location, address) ? new URL(location, address) : undefined;
  const allowed = ["https:", new URL(address).protocol];
  if (leader !== undefined && allowed.includes(leader.protocol)) return leader;
  throw new VaultFailure("rejected", address, "it sends on to an address that cannot be used", "Check VAULT_ADDR.");
}

function send({ connection, token }: OpenVault, url: URL, { method, file }: Transfer): Promise<IncomingMessage> {
  const { ca, serverName, namespace, timeout } = connection;
  const headers = {
    "x-vault-token": token.reveal(),
    ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
    // Vault refuses without reading; it would break a connection into which the file is being sent already.
    ...(file === undefined ? {} : { "content-length": statSync(file).size, expect: "100-continue" }),
  };
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const options = { method, headers, timeout, agent: false, ...(secure && { ca, servername: serverName }) };
    const sent: ClientRequest = (secure ? https : http).request(url, options, resolve);
    sent.on("timeout", () => sent.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })));
    sent.on("error", (error) => {
      reject(explainConnection(url.origin, errorField(error, "code"), errorField(error, "message") || "no answer"));
    });
    if (file === undefined) sent.end();
    else {
      // A broken connection is told by the request itself.
      sent.on("continue", () => void pipeline(createReadStream(file), sent).catch(() => undefined));
      sent.flushHeaders();
    }
  });
}

const refusal = z.object({ errors: z.array(z.string()) });

async function succeeded(address: string, { what }: Transfer, answer: IncomingMessage): Promise<IncomingMessage> {
  const { statusCode: status = 0 } = answer;
  if (status === 200 || status === 204) return answer;
  const body = await read(answer)
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined);
  throw explainAnswer(address, what, { status, errors: refusal.safeParse(body).data?.errors ?? [], body });
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
