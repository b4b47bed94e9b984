import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { Failure } from "../../run/failure";

/** What a store keeps beside its objects, so that it is the same one when it is started again. */
export interface ObjectStoreSettings {
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The key that objects are encrypted with: 32 bytes in base64. */
  readonly encryptionKey: string;
}

/** Reads the settings of a store, or makes those of a new one. */
export async function keptSettings(folder: string, asked?: number): Promise<ObjectStoreSettings> {
  const file = path.join(folder, "store.json");
  const known = read(file);
  const settings = known ?? {
    port: asked ?? (await freePort()),
    accessKeyId: randomBytes(10).toString("hex"),
    secretAccessKey: randomBytes(20).toString("hex"),
    encryptionKey: randomBytes(32).toString("base64"),
  };
  const wanted = asked === undefined ? settings : { ...settings, port: asked };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(wanted, undefined, 2), { mode: 0o600 });
  return wanted;
}

/** Fails when somebody listens on a port of this machine already. */
export async function requirePort(port: number, folder: string): Promise<void> {
  const free = await listen(port).then(
    () => true,
    () => false,
  );
  if (free) return;
  throw new Failure(
    `The object store in ${folder} listens on 127.0.0.1:${port}, where another program listens already.
End that program (ss -ltnp 'sport = :${port}' names it), or start the store on another port.`,
  );
}

async function freePort(): Promise<number> {
  return listen(0);
}

/** Listens for a moment; answers the port. */
function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(found));
    });
  });
}

function read(file: string): ObjectStoreSettings | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isSettings(value)) return value;
  } catch {
    // Told below.
  }
  throw new Failure(`${file} is damaged: without it the objects cannot be read. Delete ${path.dirname(file)}.`);
}

function isSettings(value: unknown): value is ObjectStoreSettings {
  if (typeof value !== "object" || value === null) return false;
  const texts = ["accessKeyId", "secretAccessKey", "encryptionKey"].map((name) => Reflect.get(value, name));
  return typeof Reflect.get(value, "port") === "number" && texts.every((text) => typeof text === "string");
}
