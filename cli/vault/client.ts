import nodeVault from "node-vault";
import { z } from "zod";
import { errorField } from "../error-field";
import type { VaultConnection } from "./connection";
import { explainAnswer, explainConnection, VaultFailure } from "./failure";

/** The few verbs of Vault's API; answers are checked by the caller's schema, failures are {@link VaultFailure}s. */
export interface VaultClient {
  readonly address: string;
  read<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  write<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T>;
  /** A JSON merge patch. */
  patch<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T>;
  list<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  remove<T>(path: string, schema: z.ZodType<T>): Promise<T>;
}

/** Connects to Vault; without a token only what is open to everybody can be asked. */
export function vaultClient(connection: VaultConnection, token = ""): VaultClient {
  const { address, ca, serverName, namespace, timeout } = connection;
  const options = {
    endpoint: address,
    namespace,
    // `GET ?list=1` instead of the method LIST, which many proxies do not let pass.
    noCustomHTTPVerbs: true,
    // NODE_EXTRA_CA_CERTS is read when Node starts, so a CA has to be handed to the agent. A server name too.
    requestOptions: { timeout, ...((ca ?? serverName) && { agentOptions: { ca, servername: serverName } }) },
    // node-vault turns verification off for any VAULT_SKIP_VERIFY, even "false".
    rpDefaults: { strictSSL: true },
    // With DEBUG=node-vault it would print every value that it sends.
    debug: () => undefined,
  };
  reachLoopbackDirectly();
  const client = nodeVault(options);
  client.token = token;
  const call = async <T>(what: string, schema: z.ZodType<T>, request: () => Promise<unknown>): Promise<T> => {
    const body = await request().catch((error: unknown) => {
      throw explain(address, what, error);
    });
    const parsed = schema.safeParse(body ?? {});
    if (parsed.success) return parsed.data;
    throw new VaultFailure(
      "rejected",
      address,
      `it gave an answer to ${what} that is not Vault's`,
      "Check VAULT_ADDR.",
    );
  };
  return {
    address,
    read: (path, schema) => call(`read ${path}`, schema, () => client.read(path)),
    write: (path, body, schema) => call(`write ${path}`, schema, () => client.write(path, body)),
    patch: (path, body, schema) => call(`patch ${path}`, schema, () => client.update(path, body)),
    list: (path, schema) => call(`list ${path}`, schema, () => client.list(path)),
    remove: (path, schema) => call(`delete ${path}`, schema, () => client.delete(path)),
  };
}

/** Vault's own command never sends a loopback address (a port-forward) to a proxy; axios does unless it is told. */
function reachLoopbackDirectly(): void {
  const known = process.env.no_proxy ?? process.env.NO_PROXY ?? "";
  if (!known.includes("127.0.0.1")) process.env.no_proxy = [known, "127.0.0.1,localhost,::1"].filter(Boolean).join(",");
}

const answerError = z.object({ response: z.object({ statusCode: z.number(), body: z.unknown() }) });
const errorBody = z.object({ errors: z.array(z.string()) });

function explain(address: string, what: string, error: unknown): VaultFailure {
  const answer = answerError.safeParse(error);
  if (answer.success) {
    const { statusCode, body } = answer.data.response;
    const errors = errorBody.safeParse(body);
    return explainAnswer(address, what, { status: statusCode, errors: errors.data?.errors ?? [], body });
  }
  return explainConnection(address, errorField(error, "code"), errorField(error, "message") || "no answer");
}
