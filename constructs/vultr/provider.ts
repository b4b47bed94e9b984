import { VultrProvider as VultrBindings } from "@cdktf/provider-vultr/lib/provider";
import { TerraformStack, TerraformVariable } from "cdktf";
import type { Construct } from "constructs";

/**
 * The Vultr provider of a stack. It takes its API key from the environment, as `VULTR_API_KEY` or
 * `TF_VAR_vultr_api_key`, and from nowhere else.
 *
 * The provider's schema requires `api_key`, and Terraform refuses a provider block without a required argument before
 * it asks the provider; only when `VULTR_API_KEY` is set does the provider offer the argument as optional. So the
 * argument is always there, with a variable that is null by default: a stack validates without a key, the provider
 * falls back to `VULTR_API_KEY`, and without either a plan says that `api_key` is missing (tried with Terraform 1.11.4
 * and the SDK the provider is built with). The variable is ephemeral: its value is in no plan and no state.
 *
 * @see https://registry.terraform.io/providers/vultr/vultr/2.32.0/docs
 */
export class VultrProvider extends VultrBindings {
  constructor(scope: Construct, id: string) {
    const key = new TerraformVariable(TerraformStack.of(scope), "vultr_api_key", {
      type: "string",
      description: "Vultr API key; without it the provider takes VULTR_API_KEY",
      sensitive: true,
    });
    // cdktf 0.21 knows no ephemeral variables, and its `default` takes no null.
    key.addOverride("ephemeral", true);
    key.addOverride("default", null);
    super(scope, id, {
      apiKey: key.stringValue,
      // Vultr admits 30 requests a second for an account: plans of more than about 60 objects fail with the
      // provider's defaults (500 ms, 3 retries), and lower parallelism does not help.
      rateLimit: 2000,
      retryLimit: 8,
    });
  }
}
