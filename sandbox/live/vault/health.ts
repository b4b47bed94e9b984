import { request } from "node:https";
import { z } from "zod";
import type { Upstream } from "./upstream";

/** How a Vault is. */
export interface VaultStatus {
  readonly initialised: boolean;
  readonly unsealed: boolean;
  /** Open and leading: it serves requests. */
  readonly active: boolean;
  readonly version: string;
}

const schema = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  standby: z.boolean(),
  version: z.string(),
});

/** How long an answer may take: the server is on this machine. */
const ANSWER_MS = 5000;

/** Asks a Vault how it is, which takes no token; undefined when it does not answer. */
export function askStatus({ port, ca }: Upstream): Promise<VaultStatus | undefined> {
  // The status says all of it again; a plain 200 is easier to tell from what is no answer of Vault's.
  const path = "/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200";
  return new Promise((resolve) => {
    const none = (): void => resolve(undefined);
    const options = { host: "127.0.0.1", port, ca, servername: "localhost", path, timeout: ANSWER_MS };
    const asked = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", none);
      answer.on("end", () => resolve(statusIn(Buffer.concat(chunks).toString("utf8"))));
    });
    asked.on("timeout", () => asked.destroy()).on("error", none);
    asked.end();
  });
}

function statusIn(text: string): VaultStatus | undefined {
  try {
    const { initialized, sealed, standby, version } = schema.parse(JSON.parse(text));
    return { initialised: initialized, unsealed: !sealed, active: initialized && !sealed && !standby, version };
  } catch {
    return undefined;
  }
}
