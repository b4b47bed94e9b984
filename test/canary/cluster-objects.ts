import { z } from "zod";
import type { ApiTransport } from "../../cli/kubernetes/api-server";

/** An object of a cluster as text, with a name that tells what may be in it. */
export interface ClusterObject {
  /** As in `ConfigMap openpanel-prod/settings`; what Helm keeps of a release is `Helm release <namespace>/<name>`. */
  readonly name: string;
  readonly kind: string;
  readonly namespace: string;
  readonly text: string;
  /** What a Kubernetes secret holds, decoded. */
  readonly values: Readonly<Record<string, string>>;
}

const groups = z.object({
  groups: z.array(z.object({ preferredVersion: z.object({ groupVersion: z.string() }) })),
});
const resources = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), verbs: z.array(z.string()) })),
});
const list = z.object({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
      type: z.unknown().optional(),
      data: z.unknown().optional(),
    }),
  ),
});

/** Every object of every kind that a cluster can list. */
export async function clusterObjects(send: ApiTransport): Promise<readonly ClusterObject[]> {
  const found: ClusterObject[] = [];
  for (const api of await apisOf(send)) {
    const { resources: kinds } = resources.parse((await send({ method: "GET", path: api })).body);
    for (const { name, kind, verbs } of kinds) {
      if (name.includes("/") || !verbs.includes("list")) continue;
      const parsed = list.safeParse((await send({ method: "GET", path: `${api}/${name}` })).body);
      // Some kinds are only named, and an API may be gone that was there a moment ago.
      if (!parsed.success) continue;
      for (const item of parsed.data.items) {
        const { name: own, namespace = "" } = item.metadata;
        const shown = item.type === HELM ? "Helm release" : kind;
        const values = kind === "Secret" && item.type !== HELM ? decoded(item.data) : {};
        found.push({ name: `${shown} ${namespace}/${own}`, kind, namespace, text: JSON.stringify(item), values });
      }
    }
  }
  return found;
}

const HELM = "helm.sh/release.v1";

async function apisOf(send: ApiTransport): Promise<readonly string[]> {
  const { body } = await send({ method: "GET", path: "/apis" });
  return [
    "/api/v1",
    ...groups.parse(body).groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
  ];
}

function decoded(data: unknown): Readonly<Record<string, string>> {
  const parsed = z.record(z.string(), z.string()).safeParse(data);
  const entries = Object.entries(parsed.success ? parsed.data : {});
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]));
}

/** Whether a text looks as if it had been made up by a machine to be secret: a private key, or a token. */
export function looksSecret(value: string): boolean {
  if (/^-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/.test(value)) return true;
  return /^[\w-]{24,}$/.test(value) && [/[a-z]/, /[A-Z]/, /\d/].every((letters) => letters.test(value));
}
