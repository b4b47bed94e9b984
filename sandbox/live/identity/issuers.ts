import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const stack = z.object({
  resource: z
    .object({ vault_jwt_auth_backend: z.record(z.string(), z.object({ oidc_discovery_url: z.string() })) })
    .partial()
    .optional(),
});

/** The issuers of identity tokens that Vault is told of by a synthesized program. */
export function issuersOf(out: string): readonly string[] {
  const folder = path.join(out, "stacks");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((id) => {
    const file = path.join(folder, id, "cdk.tf.json");
    if (!existsSync(file)) return [];
    const { resource } = stack.parse(JSON.parse(readFileSync(file, "utf8")));
    return Object.values(resource?.vault_jwt_auth_backend ?? {}).map((mount) => mount.oidc_discovery_url);
  });
}
