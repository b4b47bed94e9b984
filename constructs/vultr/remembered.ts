import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";

/**
 * A value that Terraform remembers, so that other resources can be replaced when it changes.
 *
 * A bare `terraform_data`: cdktf's own class for it runs `terraform version` whenever it is validated, which takes a
 * tenth of a second each and makes Terraform a requirement of synth.
 *
 * @returns its address
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export function remember(scope: Construct, id: string, value: Readonly<Record<string, string>>): string {
  const resource = new TerraformResource(scope, id, { terraformResourceType: "terraform_data" });
  resource.addOverride("input", value);
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
