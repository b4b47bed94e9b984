import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterConnection } from "../../../../sandbox/clusters/driver";

/** What a cluster answered. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The objects of a cluster by their paths, such as `/api/v1/namespaces/team/services/web`, as an administrator sees them. */
export class Objects {
  constructor(private readonly connection: ClusterConnection) {}

  /** Makes an object in a collection; fails with what the API server says. */
  async make(collection: string, object: object): Promise<void> {
    const { status, body } = await this.ask("POST", collection, object);
    if (status >= 300) throw new Error(`${collection}: ${status} ${String(at(body, "message"))}`);
  }

  /** Changes an object by a merge patch, or a part of it such as its status. */
  async change(path: string, patch: object): Promise<void> {
    const { status, body } = await this.ask("PATCH", path, patch);
    if (status >= 300) throw new Error(`${path}: ${status} ${String(at(body, "message"))}`);
  }

  async remove(path: string): Promise<void> {
    await this.ask("DELETE", path);
  }

  /** The object at a path; undefined when there is none. */
  async find(path: string): Promise<unknown> {
    const { status, body } = await this.ask("GET", path);
    return status === 404 ? undefined : body;
  }

  /** Names of the objects of a collection. */
  async names(collection: string): Promise<string[]> {
    const items = at(await this.find(collection), "items");
    return Array.isArray(items) ? items.map((item) => String(at(item, "metadata.name"))).sort() : [];
  }

  /** A value of an object. */
  async value(path: string, field: string): Promise<unknown> {
    return at(await this.find(path), field);
  }

  /** The condition of a type, as `status reason: message`. */
  async condition(path: string, type = "Ready"): Promise<string | undefined> {
    const conditions = await this.value(path, "status.conditions");
    const found = Array.isArray(conditions) ? conditions.find((one) => at(one, "type") === type) : undefined;
    return found === undefined ? undefined : `${at(found, "status")} ${at(found, "reason")}: ${at(found, "message")}`;
  }

  /** The values of a secret; undefined when there is none. */
  async secret(namespace: string, name: string): Promise<Record<string, string> | undefined> {
    const data = await this.value(`/api/v1/namespaces/${namespace}/secrets/${name}`, "data");
    if (typeof data !== "object" || data === null) return undefined;
    const decode = (value: unknown): string => Buffer.from(String(value), "base64").toString("utf8");
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decode(value)]));
  }

  private ask(method: string, path: string, body?: object): Promise<Answer> {
    const { server, certificateAuthority: ca, clientCertificate: cert, clientKey: key } = this.connection;
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return new Promise((resolve, reject) => {
      const headers = { accept: "application/json", "content-type": type };
      const sent = request(`${server}${path}`, { method, ca, cert, key, headers, timeout: 20_000 }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) }),
        );
      });
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** A value inside of another, by names and numbers with dots between. */
export function at(value: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((inner, name) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return new Map<string, unknown>(Object.entries(inner)).get(name);
  }, value);
}

/** Asks until the answer is what is expected; fails with the last answer. */
export async function becomes(ask: () => Promise<unknown>, expected: unknown, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => String(error));
    try {
      expect(answer).toEqual(expected);
      return;
    } catch (mismatch) {
      if (Date.now() > deadline) throw mismatch;
    }
    await sleep(100);
  }
}
