import { randomInt } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Failure } from "../../run/failure";

/** Where a Vault of the sandbox listens on 127.0.0.1: picked when it is made, and kept. */
export interface VaultPorts {
  /** Its clients' address. */
  readonly front: number;
  /** Vault's own. */
  readonly server: number;
  /** For other servers of the same Vault, of which there are none. */
  readonly cluster: number;
}

const schema = z.object({ front: z.number(), server: z.number(), cluster: z.number() });

/** Below the ports that the system itself hands out for a moment, and above those of the clusters, which states name. */
const RANGE = { from: 30_000, to: 32_700 } as const;
const ATTEMPTS = 200;
/** The servers of a sandbox that was killed end within this time. */
const RELEASED_WITHIN_MS = 8000;

/** The ports that a file holds; free ones, which it then holds, when it is not there. */
export async function keptPorts(file: string): Promise<VaultPorts> {
  if (existsSync(file)) {
    const kept = schema.safeParse(parse(readFileSync(file, "utf8")));
    if (kept.success) return kept.data;
  }
  const [front, server, cluster] = await freePorts(3);
  if (front === undefined || server === undefined || cluster === undefined) {
    throw new Failure(`There is no free port from ${RANGE.from} to ${RANGE.to} on this machine for Vault.`);
  }
  const ports = { front, server, cluster };
  keepPorts(file, ports);
  return ports;
}

/** Writes them where they are found again. */
export function keepPorts(file: string, ports: VaultPorts): void {
  writeFileSync(file, `${JSON.stringify(ports)}\n`);
}

/** Waits until the ports are free; fails with what to do when another program keeps one. */
export async function requirePorts(
  ports: readonly number[],
  file: string,
  withinMs = RELEASED_WITHIN_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (const port of ports) {
    while (!(await isFree(port)) && Date.now() < deadline) await sleep(100);
    if (await isFree(port)) continue;
    throw new Failure(
      `The sandbox's Vault listens on 127.0.0.1:${port}, where another program listens already.
End that program (\`lsof -i :${port}\` names it), or delete ${file}: the next run picks other ports and keeps all data.`,
    );
  }
}

async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS && found.size < count; attempt++) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

/** Whether nothing listens on a port, found out by listening on it for a moment. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
