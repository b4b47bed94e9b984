import type { IncomingMessage, RequestListener } from "node:http";
import { chartArchive } from "../../support/charts";
import { digest } from "./pull";

/** What a registry does otherwise than one that asks for nothing. */
interface Registry {
  /** Value of the header of an answer without a token. @default - none is asked for */
  readonly challenge?: string;
  readonly manifestDigest?: string;
  readonly layer?: Buffer;
  readonly mediaType?: string;
  /** Sends blobs on to another host. */
  readonly storage?: boolean;
  readonly token?: RequestListener;
}

/** Serves one chart as Docker Hub does: another host than its name, tokens and blobs on others again. */
export async function registry(given: Registry = {}) {
  const archive = await chartArchive("idp", "2.0.0");
  const mediaType = given.mediaType ?? "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
  const layers = [{ mediaType, digest: digest(archive), size: archive.length }];
  const manifest = JSON.stringify({ schemaVersion: 2, config: {}, layers });
  const seen: { host: string; authorization?: string; url?: string; accept?: string }[] = [];
  const note = (host: string, { url, headers }: IncomingMessage) =>
    void seen.push({ host, url, authorization: headers.authorization, accept: headers.accept });
  const main: RequestListener = (request, response) => {
    note("registry", request);
    if (given.challenge !== undefined && request.headers.authorization !== "Bearer anonymous") {
      response.writeHead(401, { "www-authenticate": given.challenge }).end();
    } else if (request.url === "/v2/team/idp/manifests/2.0.0") {
      response.writeHead(200, { "docker-content-digest": given.manifestDigest ?? digest(manifest) }).end(manifest);
    } else if (request.url !== `/v2/team/idp/blobs/${digest(archive)}`) response.writeHead(404).end();
    else if (given.storage) response.writeHead(307, { location: "https://storage.example/blob?signed=1" }).end();
    else response.end(given.layer ?? archive);
  };
  const tokens: RequestListener = (request, response) => {
    note("tokens", request);
    if (given.token !== undefined) given.token(request, response);
    else response.end(JSON.stringify({ token: "anonymous" }));
  };
  const storage: RequestListener = (request, response) => {
    note("storage", request);
    response.end(archive);
  };
  return { seen, hosts: { "registry-1.docker.io": main, "auth.example": tokens, "storage.example": storage } };
}
