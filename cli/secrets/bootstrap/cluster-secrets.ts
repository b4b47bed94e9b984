import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import type { BootstrapSecret } from "../../../constructs/core/secrets";
import { type RetryPolicy, withRetries } from "../../retry";
import type { SecretValue } from "../secret-value";
import { type ApiAnswer, type ApiRequest, type ApiTransport, ApiUnreachable } from "./api-server";

/** A secret as the cluster holds it: the names of its keys, and the version that a change must name. */
export interface ClusterSecret {
  readonly keys: readonly string[];
  readonly resourceVersion: string;
}

/** The secrets of one cluster. */
export interface ClusterSecrets {
  readonly host: string;
  hasNamespace(namespace: string): Promise<boolean>;
  read(secret: BootstrapSecret): Promise<ClusterSecret | undefined>;
  /** Creates the secret, or sets keys of the one that was read; false when somebody else was faster. */
  write(secret: BootstrapSecret, values: ReadonlyMap<string, SecretValue>, known?: ClusterSecret): Promise<boolean>;
}

const secretAnswer = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.unknown()).nullish(),
});
const statusAnswer = z.object({ message: z.string() });

/** Reads and writes secrets through an API server. */
export function clusterSecrets(host: string, transport: ApiTransport, retry: RetryPolicy): ClusterSecrets {
  const send = (request: ApiRequest, expected: readonly number[]) =>
    withRetries(retry, passes, async () => {
      const answer = await transport(request);
      if (!expected.includes(answer.status)) throw explain(host, request, answer);
      return answer;
    });
  return {
    host,
    hasNamespace: async (namespace) =>
      (await send({ method: "GET", path: `/api/v1/namespaces/${namespace}` }, [200, 404])).status === 200,
    read: async (secret) => {
      const answer = await send({ method: "GET", path: pathOf(secret) }, [200, 404]);
      if (answer.status === 404) return undefined;
      const { metadata, data } = secretAnswer.parse(answer.body);
      return { keys: Object.keys(data ?? {}), resourceVersion: metadata.resourceVersion };
    },
    write: async (secret, values, known) => {
      const data = Object.fromEntries([...values].map(([key, value]) => [key, base64(value)]));
      const answer =
        known === undefined
          ? await send({ method: "POST", path: folderOf(secret), body: manifest(secret, data) }, [201, 409])
          : await send({ method: "PATCH", path: pathOf(secret), body: patch(data, known) }, [200, 409]);
      return answer.status !== 409;
    },
  };
}

function folderOf({ namespace }: BootstrapSecret): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}

function pathOf(secret: BootstrapSecret): string {
  return `${folderOf(secret)}/${secret.name}`;
}

function manifest({ name, namespace }: BootstrapSecret, data: object) {
  const labels = { "app.kubernetes.io/managed-by": "strata" };
  return { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { name, namespace, labels }, data };
}

/** The version makes the server refuse the patch when the secret changed since it was read. */
function patch(data: object, { resourceVersion }: ClusterSecret) {
  return { metadata: { resourceVersion }, data };
}

function base64(value: SecretValue): string {
  return Buffer.from(value.reveal(), "utf8").toString("base64");
}

class ApiBusy extends StrataError {}

function passes(error: unknown): boolean {
  return error instanceof ApiBusy || error instanceof ApiUnreachable;
}

function explain(host: string, { method, path }: ApiRequest, { status, body }: ApiAnswer): StrataError {
  const where = `API server ${host}`;
  const said = statusAnswer.safeParse(body).data?.message ?? `status ${status}`;
  // The message of a refused write may quote what was sent: only its status is told.
  const problem = `${method} ${path}: ${method === "GET" ? said : `status ${status}`}`;
  if (status === 429 || status >= 500) return new ApiBusy([{ where, problem, fix: "Try again in a moment." }]);
  const denied = status === 401 || status === 403;
  const fix = denied ? "The client certificate is not valid any more: apply the l1-cluster stack again." : "";
  return StrataError.of({ where, problem, fix });
}
