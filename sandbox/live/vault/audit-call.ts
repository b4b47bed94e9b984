import { request as send } from "node:https";
import { auditAnswer, auditRequest } from "./audit-file";
import type { RawRequest } from "./requests";
import type { Upstream } from "./upstream";

/** Headers of one connection, and those that no longer fit once a body is another one. */
const NOT_HANDED_ON = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect"],
  ...["content-length", "accept-encoding"],
]);

/**
 * Asks Vault about its audit devices: the folder of production stands for the sandbox's own, there and back.
 *
 * @returns the whole answer as HTTP/1.1 writes it
 */
export async function askAboutAudit(request: RawRequest, { port, ca }: Upstream, folder: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const { content } of request.body) pieces.push(content);
  const body = auditRequest(Buffer.concat(pieces), folder);
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !NOT_HANDED_ON.has(name)));
  return new Promise((resolve, reject) => {
    const asked = send(
      {
        ...{ host: "127.0.0.1", port, ca, servername: "localhost" },
        ...{ method: request.method, path: request.target },
        headers: { ...headers, "content-length": body.length },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        answer.on("end", () => {
          const content = auditAnswer(Buffer.concat(chunks), folder);
          const status = `HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}`;
          const kept = pairsOf(answer.rawHeaders).filter(([name]) => !NOT_HANDED_ON.has(name.toLowerCase()));
          const length = answer.statusCode === 204 ? [] : [`content-length: ${content.length}`];
          const head = [status, ...kept.map(([name, value]) => `${name}: ${value}`), ...length, "", ""].join("\r\n");
          resolve(Buffer.concat([Buffer.from(head, "latin1"), content]));
        });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : []));
}
