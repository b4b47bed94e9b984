import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Authority } from "../../live/pki";
import type { World } from "../world/world";
import { cloudflareFace } from "./cloudflare";
import { listener } from "./face";
import { vaultFace } from "./vault";
import { vultrFace } from "./vultr";

/** HTTP APIs that answer from a simulated world, for programs that ask the real ones. They only read. */
export interface RunningFaces {
  /** URL of Vultr's API, up to its version. */
  readonly vultr: string;
  /** URL of Cloudflare's API, up to its version. */
  readonly cloudflare: string;
  readonly vault: {
    readonly address: string;
    /** Certificate that signed Vault's, PEM. */
    readonly ca: string;
  };
  stop(): Promise<void>;
}

/**
 * Serves the APIs of the clouds and of Vault on free ports of this machine. The API servers of simulated clusters are
 * served by `ServedClusters`.
 */
export async function serveFaces(world: World): Promise<RunningFaces> {
  const authority = await Authority.create("simulated Vault");
  const issued = await authority.issue({ subject: "CN=vault", hosts: ["127.0.0.1", "localhost"] });
  const tls = { cert: issued.certificate, key: issued.key };
  const servers = await Promise.all([
    listen(createServer(listener(vultrFace(world)))),
    listen(createServer(listener(cloudflareFace(world)))),
    listen(createTlsServer(tls, listener(vaultFace(world)))),
  ]);
  const [vultr, cloudflare, vault] = servers.map(({ port }) => `127.0.0.1:${port}`);
  return {
    vultr: `http://${vultr}/v2`,
    cloudflare: `http://${cloudflare}/client/v4`,
    vault: { address: `https://${vault}`, ca: authority.certificate },
    stop: async () => {
      await Promise.all(servers.map(({ stop }) => stop()));
    },
  };
}

/** A server on a free port of the loopback interface. */
export interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server on a free port of the loopback interface. */
export function listen(server: Server): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("The server has no port."));
      resolve({ port: address.port, stop: () => end(server) });
    });
  });
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
