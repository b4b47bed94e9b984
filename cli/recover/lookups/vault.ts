import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { remembered } from "../../remember";
import { withRetries } from "../../retry";
import type { Session } from "../../session";
import { vaultClient } from "../../vault/client";
import { vaultConnection, vaultToken } from "../../vault/connection";
import { passes } from "../../vault/failure";
import type { ProgramResource } from "../program";
import type { Lookup, Lookups } from "../sighting";
import type { Values } from "../values";

const table = z.object({
  data: z.record(z.string(), z.object({ type: z.string(), options: z.record(z.string(), z.unknown()).nullish() })),
});

/** What is enabled at a path, by its list. Everything else in Vault is written over at the next apply. */
const LISTS: Readonly<Record<string, string>> = {
  vault_mount: "sys/mounts",
  vault_auth_backend: "sys/auth",
  vault_jwt_auth_backend: "sys/auth",
  vault_audit: "sys/audit",
};

/** Looks for mounts, auth methods and audit devices. */
export function vaultLookups(session: Session, values: Values): Lookups {
  const enabled = remembered(async (list) => {
    const client = vaultClient(vaultConnection(session), vaultToken(session));
    return withRetries(session.retry, passes, async () => (await client.read(list, table)).data);
  });
  const lookup =
    (list: string): Lookup =>
    async (resource) => {
      const type = await values.need(resource, "type");
      await refuseNamespace(resource, values);
      // Without a path, an auth method and an audit device stand at the name of their type.
      const path = ((await values.text(resource, "path")) ?? type).replace(/^\/+|\/+$/g, "");
      const found = (await enabled(list))[`${path}/`];
      if (found === undefined) return { is: "absent" };
      const version = String(found.options?.version ?? "");
      const kind = found.type === "kv" && type === "kv-v2" && version === "2" ? type : found.type;
      if (kind === type) return { is: "there", id: path, importId: path };
      return {
        is: "unclear",
        problem: `Vault has something else at ${path}/: type ${found.type} instead of ${type}`,
        fix: "Move it to another path: Terraform would replace it, and what it holds would be lost.",
        candidates: [path],
      };
    };
  return Object.fromEntries(Object.entries(LISTS).map(([type, list]) => [type, lookup(list)]));
}

async function refuseNamespace(resource: ProgramResource, values: Values): Promise<void> {
  if ((await values.text(resource, "namespace")) === undefined) return;
  throw StrataError.of({
    where: `${resource.stack} ${resource.address}`,
    problem: "not looked for: it is in a namespace of Vault of its own",
    fix: "Set VAULT_NAMESPACE and look for it with Vault's own command.",
  });
}
