import { z } from "zod";
import type { BootstrapSecret } from "../../../constructs/core/secrets";
import type { ClusterApi } from "../../kubernetes/cluster-api";
import type { SecretValue } from "../secret-value";

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

/** Reads and writes secrets through an API server. */
export function clusterSecrets({ host, send }: ClusterApi): ClusterSecrets {
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
