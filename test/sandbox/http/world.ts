import type { FaceAnswer, FaceRequest } from "../../../sandbox/providers/http/face";
import type { Values } from "../../../sandbox/providers/wire/values";
import { World } from "../../../sandbox/providers/world/world";

/** A world with these objects; the id is taken from the values unless it is said. */
export function worldOf(...objects: readonly (readonly [type: string, id: string, values: Values, scope?: string])[]) {
  const world = new World();
  for (const [type, id, values, scope = ""] of objects) {
    world.put({ provider: "registry.terraform.io/x/x", type, scope, id, values: { id, ...values } });
  }
  return world;
}

/** A GET of a path with its query, with a token and a certificate unless the test takes them away. */
export function get(url: string, changes: Partial<FaceRequest> = {}): FaceRequest {
  const { pathname, searchParams } = new URL(url, "http://api.test");
  const headers: Record<string, string> = { authorization: "Bearer token", "x-vault-token": "token" };
  return {
    method: "GET",
    path: pathname.split("/").filter(Boolean),
    query: searchParams,
    header: (name) => headers[name] ?? "",
    certified: true,
    ...changes,
  };
}

/** The body of an answer that must have succeeded. */
export function bodyOf({ status, body }: FaceAnswer): unknown {
  if (status !== 200) throw new Error(`It answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
