import { VaultProvider as Provider, type VaultProviderConfig } from "@cdktf/provider-vault/lib/provider";
import type { Construct } from "constructs";

/**
 * The provider takes VAULT_ADDR and VAULT_TOKEN from the environment, and uses that token itself: by default it would
 * make another one from it, for which every policy would have to allow making tokens.
 */
export class VaultProvider extends Provider {
  constructor(scope: Construct, id: string, config: VaultProviderConfig = {}) {
    super(scope, id, { skipChildToken: true, ...config });
  }
}
