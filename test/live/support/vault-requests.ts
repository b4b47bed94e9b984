import { request } from "node:https";

/** A Vault as a client reaches it. */
export interface VaultAddress {
  readonly address: string;
  /** Certificate that is trusted, PEM. */
  readonly ca: string;
}

/** An answer of Vault's. */
export interface VaultAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

/** One request, as any client sends it. */
export interface VaultRequest {
  readonly method: "GET" | "LIST" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/v1/`. */
  readonly path: string;
  /** @default - none */
  readonly token?: string;
  /** @default - none */
  readonly body?: object;
}

const ANSWER_MS = 30_000;

/** Sends a request to Vault; every status is an answer, only a broken connection is an error. */
export function askVault(
  { address, ca }: VaultAddress,
  { method, path, token, body }: VaultRequest,
): Promise<VaultAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(token === undefined ? {} : { "x-vault-token": token }),
      "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
    };
    const asked = request(`${address}/v1/${path}`, { method, headers, ca, timeout: ANSWER_MS }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: parse(Buffer.concat(chunks)) }));
    });
    asked.on("timeout", () => asked.destroy(new Error("Vault does not answer.")));
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch {
    return undefined;
  }
}
