import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { vaultNames } from "../core/names";
import { claimOwnership } from "../core/ownership";
import { type Protection, preventDestroy } from "../core/protection";

export interface SecretsMountProps {
  readonly provider: TerraformProvider;
  readonly protection: Protection;
}

/** Versions of a secret that Vault keeps, so that a rotation can be taken back. */
const KEPT_VERSIONS = 10;

/**
 * The KV version 2 mount that holds every secret. Writes must name the version they replace, so two writers can't
 * overwrite each other.
 *
 * @see https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2
 */
export class SecretsMount extends Construct {
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: SecretsMountProps) {
    super(scope, id);
    const prevent = preventDestroy(this, props.protection);
    const mount = new Mount(this, "mount", {
      provider: props.provider,
      path: vaultNames.mount,
      type: "kv",
      options: { version: "2" },
      description: "Secrets of environments and clusters",
      lifecycle: prevent ? { preventDestroy: true } : undefined,
    });
    this.ready = new KvSecretBackendV2(this, "settings", {
      provider: props.provider,
      mount: mount.path,
      maxVersions: KEPT_VERSIONS,
      casRequired: true,
    });
    claimOwnership(this, "vault-mount", vaultNames.mount);
  }
}
