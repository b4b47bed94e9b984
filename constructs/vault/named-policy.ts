import { Policy } from "@cdktf/provider-vault/lib/policy";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { claimOwnership } from "../core/ownership";
import { policyText, type VaultRule } from "../core/vault-policy";

export interface NamedPolicyProps {
  readonly provider: TerraformProvider;
  /** Unique in Vault: a second policy of the same name would replace this one. */
  readonly name: string;
  readonly rules: readonly VaultRule[];
}

/** What a token may do that has this policy, and nothing else. */
export class NamedPolicy extends Construct {
  readonly name: string;
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, { provider, name, rules }: NamedPolicyProps) {
    super(scope, id);
    this.name = name;
    this.ready = new Policy(this, "policy", { provider, name, policy: policyText(rules) });
    claimOwnership(this, "vault-policy", name);
  }
}
