import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { chartArchive } from "../../support/charts";
import { digest } from "./pull";

/** A chart that is big enough to come in pieces. */
export function bigArchive(): Promise<Buffer> {
  return chartArchive("web", "1.2.3", createHash("sha512").update("x").digest("hex").repeat(3000));
}

/** Serves an index, and its archive by the given answers, one after the other. */
export function repository(archive: Buffer, ...answers: readonly RequestListener[]) {
  const left = [...answers];
  const good: RequestListener = (_, response) => response.end(archive);
  const listener: RequestListener = (request, response) => {
    if (request.url !== "/index.yaml") return (left.shift() ?? good)(request, response);
    const entry = { version: "1.2.3", urls: ["web.tgz"], digest: digest(archive).slice("sha256:".length) };
    response.end(JSON.stringify({ entries: { web: [entry] } }));
  };
  return { "charts.example": listener };
}
