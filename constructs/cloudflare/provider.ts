import { CloudflareProvider as CloudflareBindings } from "@cdktf/provider-cloudflare/lib/provider";
import type { Construct } from "constructs";

/**
 * The Cloudflare provider of a stack. It takes its API token from `CLOUDFLARE_API_TOKEN` and from nowhere else: no
 * argument is required, so no secret passes through the stack.
 *
 * @see https://registry.terraform.io/providers/cloudflare/cloudflare/5.14.0/docs
 */
export class CloudflareProvider extends CloudflareBindings {
  constructor(scope: Construct, id: string) {
    super(scope, id);
  }
}
