import { mkdirSync, writeFileSync } from "node:fs";
import { request as open, type RequestListener } from "node:http";
import path from "node:path";
import { Ports } from "../../../clusters/embedded/ports";
import type { Authority } from "../../pki";
import { type HostResolver, startProxy } from "../../proxy";
import type { Servers } from "../../servers";
import type { ClientCredentials } from "./login";

export interface GateProgramOptions {
  readonly servers: Servers;
  /** The program of OAuth2-Proxy. */
  readonly command: string;
  /** Its configuration, as it is rendered. */
  readonly toml: string;
  readonly credentials: ClientCredentials;
  readonly authority: Authority;
  /** Answers for the identity provider's host. */
  readonly hosts: HostResolver;
  readonly folder: string;
}

/**
 * The real OAuth2-Proxy with a gate's own configuration; sessions are kept in cookies, because no session store runs
 * here. It reaches the identity provider under its name, through a proxy of this process.
 */
export async function startGateProgram(options: GateProgramOptions): Promise<RequestListener> {
  const { servers, command, toml, credentials, authority, hosts, folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "oauth2-proxy.cfg");
  writeFileSync(file, toml, { mode: 0o600 });
  const proxy = await startProxy({ authority, hosts, folder });
  const port = await new Ports().pick();
  const server = await servers.start({
    name: "oauth2-proxy",
    command,
    args: [`--config=${file}`, `--http-address=127.0.0.1:${port}`, "--session-store-type=cookie"],
    cwd: folder,
    env: {
      ...proxy.environment,
      HOME: folder,
      OAUTH2_PROXY_CLIENT_ID: credentials.id,
      OAUTH2_PROXY_CLIENT_SECRET: credentials.secret,
      OAUTH2_PROXY_COOKIE_SECRET: "0123456789abcdef0123456789abcdef",
    },
    log: path.join(folder, "oauth2-proxy.log"),
    ready: () => answers(port),
  });
  server.ended.then(() => proxy.stop());
  return forwardTo(port);
}

/** Passes requests on as they are. */
function forwardTo(port: number): RequestListener {
  return (request, response) => {
    const { method, url, headers } = request;
    const sent = open({ host: "127.0.0.1", port, method, path: url, headers, setHost: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on("error", () => response.destroy());
    request.pipe(sent);
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = open({ host: "127.0.0.1", port, path: "/ping", timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.end();
  });
}
