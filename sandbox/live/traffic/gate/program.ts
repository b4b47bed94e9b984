import { mkdirSync, writeFileSync } from "node:fs";
import { request as open, type RequestListener } from "node:http";
import path from "node:path";
import { Ports } from "../../../clusters/embedded/ports";
import type { Authority } from "../../pki";
import { type HostResolver, startProxy } from "../../proxy";
import type { Servers } from "../../servers";
import type { GateRelease } from "./release";
import type { SessionStore } from "./sessions";

/** What the program reads from Kubernetes secrets. */
export interface GateSecrets {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cookieSecret: string;
  readonly storePassword: string;
}

export interface GateProgramOptions {
  readonly servers: Servers;
  /** The program of OAuth2-Proxy. */
  readonly command: string;
  readonly release: GateRelease;
  readonly secrets: GateSecrets;
  readonly store: SessionStore;
  readonly authority: Authority;
  /** Answers for the identity provider's host. */
  readonly hosts: HostResolver;
  readonly folder: string;
}

/** A running OAuth2-Proxy. */
export interface GateProgram {
  /** Passes a request on to it as it is. */
  readonly listener: RequestListener;
  /** File with what it printed. */
  readonly log: string;
  stop(): Promise<void>;
}

/**
 * The real OAuth2-Proxy as its chart starts it: the rendered file, and the environment that the chart makes of the values.
 * It reaches the identity provider under its name, through a proxy of this process.
 */
export async function startGateProgram(options: GateProgramOptions): Promise<GateProgram> {
  const { servers, command, release, secrets, store, authority, hosts, folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "oauth2_proxy.cfg");
  writeFileSync(file, release.configuration, { mode: 0o600 });
  const proxy = await startProxy({ authority, hosts, folder });
  const port = await new Ports().pick();
  const log = path.join(folder, "oauth2-proxy.log");
  const server = await servers
    .start({
      name: "oauth2-proxy",
      command,
      args: [`--http-address=127.0.0.1:${port}`, `--config=${file}`],
      cwd: folder,
      env: {
        ...proxy.environment,
        HOME: folder,
        OAUTH2_PROXY_CLIENT_ID: secrets.clientId,
        OAUTH2_PROXY_CLIENT_SECRET: secrets.clientSecret,
        OAUTH2_PROXY_COOKIE_SECRET: secrets.cookieSecret,
        OAUTH2_PROXY_SESSION_STORE_TYPE: "redis",
        OAUTH2_PROXY_REDIS_PASSWORD: secrets.storePassword,
        OAUTH2_PROXY_REDIS_CONNECTION_URL: store.url,
      },
      log,
      // What the pod's readiness is asked: it reaches its store, too.
      ready: () => answers(port, "/ready"),
    })
    .catch(async (error: unknown) => {
      await proxy.stop();
      throw error;
    });
  return {
    listener: forwardTo(port),
    log,
    stop: async () => {
      await server.stop();
      await proxy.stop();
    },
  };
}

/** Passes requests on as they are. */
function forwardTo(port: number): RequestListener {
  return (request, response) => {
    const { method, url, rawHeaders } = request;
    const sent = open({ host: "127.0.0.1", port, method, path: url, headers: rawHeaders, setHost: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    sent.on("error", () => response.destroy());
    request.pipe(sent);
  };
}

function answers(port: number, page: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = open({ host: "127.0.0.1", port, path: page, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.end();
  });
}
