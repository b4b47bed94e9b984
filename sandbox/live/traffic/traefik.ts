import { mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import path from "node:path";
import { stringify } from "yaml";
import type { JsonObject } from "../../../constructs/core/json";
import { Ports } from "../../clusters/embedded/ports";
import type { RunningServer, Servers } from "../servers";
import { entryPointsOf, PING, staticConfiguration } from "./static-configuration";

export interface TraefikOptions {
  readonly servers: Servers;
  /** The program. */
  readonly command: string;
  /** Values of the Traefik release, as they are rendered. */
  readonly values: JsonObject;
  /** File with the way to the API server whose routes it serves. */
  readonly kubeconfig: string;
  /** Proxy through which it asks by name for what the cluster's DNS would find. */
  readonly httpProxy: string;
  /** Folder for its configuration and log. */
  readonly folder: string;
}

/** A Traefik that serves. */
export interface RunningTraefik {
  readonly server: RunningServer;
  /** Port of 127.0.0.1 of each entry point. */
  readonly ports: ReadonlyMap<string, number>;
  readonly log: string;
}

/** Starts the real Traefik with the settings of the component, against an API server. */
export async function startTraefik(options: TraefikOptions): Promise<RunningTraefik> {
  const { servers, command, values, kubeconfig, httpProxy, folder } = options;
  const picked = new Ports();
  const ports = new Map<string, number>();
  for (const name of [PING, ...entryPointsOf(values)]) ports.set(name, await picked.pick());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "traefik.yaml");
  writeFileSync(file, stringify(staticConfiguration({ values, ports })), { mode: 0o600 });
  const log = path.join(folder, "traefik.log");
  const server = await servers.start({
    name: "traefik",
    command,
    args: [`--configFile=${file}`],
    cwd: folder,
    // Go never asks a proxy for this machine's own addresses: the API server and the backends are reached directly.
    env: { HOME: folder, KUBECONFIG: kubeconfig, HTTP_PROXY: httpProxy, GOMEMLIMIT: "256MiB" },
    log,
    ready: () => answers(ports.get(PING) ?? 0),
  });
  return { server, ports, log };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/ping", agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
