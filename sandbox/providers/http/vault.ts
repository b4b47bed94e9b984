import { textAt } from "../wire/paths";
import type { World, WorldObject } from "../world/world";
import type { Face, FaceAnswer } from "./face";
import { type Attributes, attributes, only } from "./objects";

/** Mounts that every Vault has. */
const BUILT_IN = { cubbyhole: "cubbyhole", identity: "identity", sys: "system" };
const SECRETS = ["vault_mount", "vault_database_secrets_mount"];
const METHODS = ["vault_auth_backend", "vault_jwt_auth_backend"];

/**
 * Vault's API v1 as far as it reads: mounts, methods, audit devices, policies, and what is written below a mount.
 *
 * @see https://developer.hashicorp.com/vault/api-docs
 */
export function vaultFace(world: World): Face {
  return (request) => {
    const [version, ...path] = request.path;
    if (version !== "v1") return failed(404);
    const asked = path.join("/");
    if (asked === "sys/seal-status" || asked === "sys/health") return { status: 200, body: SEAL_STATUS };
    if (request.header("x-vault-token") === "") return failed(403, "permission denied");
    const lists = request.method === "LIST" || request.query.get("list") === "true";
    if (request.method !== "GET" && !lists) return failed(405, "the simulated API only reads here");
    const data = lists ? listing(world, asked) : reading(world, asked);
    return data === undefined ? failed(404) : { status: 200, body: envelope(asked, data) };
  };
}

const SEAL_STATUS = {
  type: "shamir",
  initialized: true,
  sealed: false,
  standby: false,
  t: 3,
  n: 5,
  progress: 0,
  version: "1.21.0",
  cluster_name: "sandbox",
};

function reading(world: World, asked: string): Attributes | undefined {
  if (asked === "sys/mounts") return { ...builtIn(), ...table(world, SECRETS) };
  if (asked === "sys/auth") return { "token/": { type: "token", accessor: "auth_token" }, ...table(world, METHODS) };
  if (asked === "sys/audit") return table(world, ["vault_audit"]);
  if (asked === "auth/token/lookup-self") return { id: "", policies: ["root"], ttl: 0, display_name: "sandbox" };
  if (asked.startsWith("sys/mounts/")) return table(world, SECRETS)[`${asked.slice("sys/mounts/".length)}/`];
  if (asked.startsWith("sys/auth/")) return table(world, METHODS)[`${asked.slice("sys/auth/".length)}/`];
  const policy = /^sys\/polic(?:y|ies\/acl)\/(.+)$/.exec(asked)?.[1];
  if (policy !== undefined) {
    const [found] = world.find("vault_policy", ({ id }) => id === policy);
    return found && { name: policy, policy: textAt(found.values, "policy") };
  }
  const [written] = world.find(undefined, (object) => isBelowMount(object) && object.id === asked);
  return written && attributes(written);
}

function listing(world: World, asked: string): Attributes | undefined {
  if (asked === "sys/policies/acl") return { keys: ["default", ...ids(world, "vault_policy"), "root"] };
  const below = `${asked.replace(/\/+$/, "")}/`;
  const keys = world
    .find(undefined, (object) => isBelowMount(object) && object.id.startsWith(below))
    .map(({ id }) => id.slice(below.length));
  // Vault answers "not found" where there is nothing to list.
  return keys.length === 0 ? undefined : { keys };
}

function ids(world: World, type: string): string[] {
  return world.find(type).map(({ id }) => id);
}

/** Roles, configurations and secrets have their path as id; the tables have answers of their own. */
function isBelowMount({ type }: WorldObject): boolean {
  return type.startsWith("vault_") && ![...SECRETS, ...METHODS, "vault_audit", "vault_policy"].includes(type);
}

function builtIn(): Record<string, Attributes> {
  return Object.fromEntries(
    Object.entries(BUILT_IN).map(([path, type]) => [`${path}/`, { type, accessor: `${type}_sandbox`, options: null }]),
  );
}

function table(world: World, types: readonly string[]): Record<string, Attributes> {
  const objects = types.flatMap((type) => world.find(type));
  return Object.fromEntries(
    objects.map((object) => {
      const all = attributes(object);
      const fields = only(all, "type", "description", "options", "accessor", "local", "seal_wrap");
      return [`${object.id}/`, { ...fields, path: `${object.id}/`, config: {} }];
    }),
  );
}

function envelope(asked: string, data: Attributes) {
  const common = { request_id: "sandbox", lease_id: "", renewable: false, lease_duration: 0, warnings: null };
  // Old clients read the tables of sys from the top of the answer.
  return { ...common, ...(/^sys\/(mounts|auth|audit)$/.test(asked) ? data : {}), data };
}

function failed(status: number, ...errors: readonly string[]): FaceAnswer {
  return { status, body: { errors } };
}
