import type { RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../run/failure";
import type { ProxiedClient } from "./cloudflare";

const SERVED_WITHIN_MS = 20_000;

/**
 * How a pod reaches a host of its own cluster: over Cloudflare, as everybody does. What it asks for goes through the
 * rendered routes.
 *
 * @returns an answer in the place of the host
 */
export function overRoutes(client: ProxiedClient, host: string): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url = "/", headers } = request;
      const { host: _named, connection: _own, ...kept } = headers;
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      client.send({ host, path: url, headers: kept, ...(method && { method }), ...body }).then(
        (answer) => response.writeHead(answer.status, answer.headers).end(answer.body),
        () => response.destroy(),
      );
    });
  };
}

/** Waits until the routes lead to a page. */
export async function becomesServed(client: ProxiedClient, host: string, path: string): Promise<void> {
  const deadline = Date.now() + SERVED_WITHIN_MS;
  for (let last = ""; ; await sleep(50)) {
    try {
      const { status } = await client.send({ host, path });
      if (status === 200) return;
      last = `status ${status}`;
    } catch (error) {
      last = String(error);
    }
    if (Date.now() > deadline) throw new Failure(`The routes do not lead to https://${host}${path}: ${last}.`);
  }
}
