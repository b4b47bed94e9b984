import { TerraformResource, type TerraformResourceLifecycle } from "cdktf";
import type { Construct } from "constructs";

/**
 * A value that Terraform remembers: to compare it with a later one, or to replace other resources when it changes.
 *
 * A bare `terraform_data`: cdktf's own class for it runs `terraform version` whenever it is validated, which takes a
 * tenth of a second each and makes Terraform a requirement of synth.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class Remembered extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    value: Readonly<Record<string, string>>,
    lifecycle?: TerraformResourceLifecycle,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle });
    this.addOverride("input", value);
  }

  /** Its address, without the template marks: what `replace_triggered_by` takes. */
  get address(): string {
    return `${this.terraformResourceType}.${this.friendlyUniqueId}`;
  }
}
