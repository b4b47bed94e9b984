import type { ApiAnswer } from "../../cli/kubernetes/api-server";
import { clusterObjects, looksSecret } from "./cluster-objects";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const ANSWERS: Readonly<Record<string, unknown>> = {
  "/apis": { groups: [{ preferredVersion: { groupVersion: "apps/v1" } }] },
  "/api/v1": {
    resources: [
      { name: "secrets", kind: "Secret", verbs: ["get", "list"] },
      { name: "pods/log", kind: "Pod", verbs: ["get", "list"] },
      { name: "bindings", kind: "Binding", verbs: ["create"] },
    ],
  },
  "/api/v1/secrets": {
    items: [
      { metadata: { name: "db", namespace: "data" }, type: "Opaque", data: { password: base64("a password") } },
      { metadata: { name: "x.v1", namespace: "data" }, type: "helm.sh/release.v1", data: { release: base64("H4s") } },
    ],
  },
  "/apis/apps/v1": { resources: [{ name: "deployments", kind: "Deployment", verbs: ["list"] }] },
  "/apis/apps/v1/deployments": { items: [{ metadata: { name: "web", namespace: "app" }, spec: { x: 1 } }] },
};

test("every kind that can be listed is listed, and a Helm release is told from a secret", async () => {
  const send = async ({ path }: { readonly path: string }): Promise<ApiAnswer> => ({
    status: 200,
    body: ANSWERS[path],
  });
  const objects = await clusterObjects(send);
  expect(objects.map(({ name, values }) => [name, values])).toEqual([
    ["Secret data/db", { password: "a password" }],
    ["Helm release data/x.v1", {}],
    ["Deployment app/web", {}],
  ]);
  expect(objects.at(-1)?.text).toContain('"spec":{"x":1}');
});

test.each([
  ["-----BEGIN PRIVATE KEY-----\nx", true],
  ["-----BEGIN EC PRIVATE KEY-----\nx", true],
  ["aB3aB3aB3aB3aB3aB3aB3aB3", true],
  ["-----BEGIN CERTIFICATE-----\nx", false],
  ["openpanel-postgresql-generation-1", false],
  ["postgresql.data-staging.svc.cluster.local", false],
])("%s looks secret: %s", (value, expected) => {
  expect(looksSecret(value)).toBe(expected);
});
