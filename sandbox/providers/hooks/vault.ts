import { textAt } from "../wire/paths";
import type { Values } from "../wire/values";
import type { World } from "../world/world";
import { uuid } from "./ids";
import { type Call, type ProviderHooks, Refusal, type ResourceHook } from "./types";

/** Types that enable something at a path, and whether that path is below `auth/`. */
const MOUNTS: Record<string, "secrets" | "auth"> = {
  vault_mount: "secrets",
  vault_database_secrets_mount: "secrets",
  vault_auth_backend: "auth",
  vault_jwt_auth_backend: "auth",
};

function mountPath(state: Values): string {
  return (textAt(state, "path") || textAt(state, "type")).replace(/\/+$/, "");
}

function mount(type: string): ResourceHook {
  const kind = MOUNTS[type];
  return {
    forceNew: ["path", "type", "local", "namespace"],
    id: mountPath,
    taken: (path) =>
      new Refusal(`error mounting to "${path}"`, `Code: 400. Errors: * path is already in use at ${path}/`),
    create({ state, world, scope, id, digest }) {
      const same = world.find(
        undefined,
        (other) => other.scope === scope && other.id === id && MOUNTS[other.type] === kind,
      );
      if (same.length > 0) {
        throw new Refusal(`error mounting to "${id}"`, `Code: 400. Errors: * path is already in use at ${id}/`);
      }
      if (typeof state.path !== "string") state.path = id;
      state.accessor = `${kind === "auth" ? "auth_" : ""}${textAt(state, "type") || "kv"}_${digest.slice(0, 8)}`;
    },
    delete({ world, scope, id }) {
      const below = kind === "auth" ? `auth/${id}/` : `${id}/`;
      world.removeWhere((other) => other.scope === scope && other.id.startsWith(below));
    },
  };
}

/** Vault writes what is not a mount in place of what is there; two owners overwrite each other. */
function overwrites(_state: Values, { strict }: World): boolean {
  return strict;
}

/** Something that is written below a mount: it needs the mount, and its path is its id. */
function below(
  kind: "secrets" | "auth",
  backend: string,
  id: (state: Values) => string,
  forceNew: string[],
): ResourceHook {
  return {
    forceNew,
    id,
    overwrites,
    create(change) {
      const path = textAt(change.state, backend).replace(/^auth\/|\/+$/g, "");
      if (!mounted(change, kind, path)) {
        throw new Refusal(
          `error writing ${change.type} at "${change.id}"`,
          `Code: 404. Errors: * no handler for route "${change.id}". route entry not found.`,
        );
      }
    },
  };
}

function mounted({ world, scope }: Call, kind: "secrets" | "auth", path: string): boolean {
  // The token method is always there.
  if (kind === "auth" && path === "token") return true;
  return (
    world.find(undefined, (object) => object.scope === scope && object.id === path && MOUNTS[object.type] === kind)
      .length > 0
  );
}

function part(state: Values, name: string, otherwise = ""): string {
  return (textAt(state, name) || otherwise).replace(/\/+$/, "");
}

const RESOURCES: Record<string, ResourceHook> = {
  vault_policy: {
    forceNew: ["name"],
    id: (state) => textAt(state, "name"),
    taken: (name) => new Refusal(`policy "${name}" is already managed by another resource`),
    overwrites,
  },
  vault_kubernetes_auth_backend_config: {
    ...below("auth", "backend", (state) => `auth/${part(state, "backend", "kubernetes")}/config`, ["backend"]),
    defaults: { backend: "kubernetes" },
  },
  vault_kubernetes_auth_backend_role: {
    ...below(
      "auth",
      "backend",
      (state) => `auth/${part(state, "backend", "kubernetes")}/role/${textAt(state, "role_name")}`,
      ["backend", "role_name"],
    ),
    defaults: { backend: "kubernetes" },
  },
  vault_jwt_auth_backend_role: {
    ...below("auth", "backend", (state) => `auth/${part(state, "backend", "jwt")}/role/${textAt(state, "role_name")}`, [
      "backend",
      "role_name",
    ]),
    defaults: { backend: "jwt" },
  },
  vault_kv_secret_backend_v2: below("secrets", "mount", (state) => `${part(state, "mount")}/config`, ["mount"]),
  vault_kv_secret_v2: below("secrets", "mount", (state) => `${part(state, "mount")}/data/${textAt(state, "name")}`, [
    "mount",
    "name",
  ]),
  vault_audit: {
    forceNew: ["path", "type"],
    id: mountPath,
    taken: (path) => new Refusal(`error enabling audit backend`, `Code: 400. Errors: * path already in use: ${path}/`),
    create({ state, id }) {
      if (typeof state.path !== "string") state.path = id;
    },
  },
};

/** Vault: mounts and what is written below them (provider 5.6.0). Nothing is encrypted or issued. */
export const vault: ProviderHooks = {
  name: "vault",
  legacyTypeSystem: true,
  formatId: uuid,
  // One Vault for one address; without one the provider takes VAULT_ADDR, which the sandbox sets itself.
  scope: (provider) => textAt(provider, "address").replace(/\/+$/, "") || "default",
  resource: (type) => (type in MOUNTS ? mount(type) : RESOURCES[type]),
};
