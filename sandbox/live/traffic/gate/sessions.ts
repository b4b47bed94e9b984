import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { Ports } from "../../../clusters/embedded/ports";
import type { RunningServer, Servers } from "../../servers";
import type { GateRelease } from "./release";

export interface SessionStoreOptions {
  readonly servers: Servers;
  /** The program `redis-server`, in the place of Valkey. */
  readonly command: string;
  readonly release: GateRelease;
  readonly password: string;
  readonly folder: string;
}

/** A running session store. */
export interface SessionStore {
  /** The gate's address of it, on this machine. */
  readonly url: string;
  /** Does something while it is gone; afterwards it is empty. */
  without<T>(work: () => Promise<T>): Promise<T>;
}

/** Starts the session store of a gate, with the users and the configuration of its release. */
export async function startSessionStore(options: SessionStoreOptions): Promise<SessionStore> {
  const { servers, command, release, password, folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const port = await new Ports().pick();
  // The file holds no password, only its hash, as the chart's own does.
  const hash = createHash("sha256").update(password).digest("hex");
  const users = Object.entries(release.users).map(([name, rules]) => `user ${name} on #${hash} ${rules}\n`);
  const accounts = path.join(folder, "users.acl");
  writeFileSync(accounts, users.join(""), { mode: 0o600 });
  const file = path.join(folder, "redis.conf");
  const own = `bind 127.0.0.1\nport ${port}\ndir ${folder}\naclfile ${accounts}\n`;
  writeFileSync(file, release.storeConfiguration + own, { mode: 0o600 });
  const start = (): Promise<RunningServer> =>
    servers.start({
      name: "redis-server",
      command,
      args: [file],
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder },
      log: path.join(folder, "redis.log"),
      ready: () => ping(port),
    });
  let server = await start();
  const url = new URL(release.storeUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    without: async (work) => {
      await server.kill();
      try {
        return await work();
      } finally {
        server = await start();
      }
    },
  };
}

/** Whether a server answers at all: without a login it says that it wants one. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write("PING\r\n"));
    const end = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on("error", () => end(false));
    socket.on("data", (bytes) => end(/^(\+PONG|-NOAUTH)/.test(bytes.toString())));
  });
}
