import { Audit } from "@cdktf/provider-vault/lib/audit";
import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";

export interface AuditDeviceProps {
  readonly provider: TerraformProvider;
  /** File on the server, on a volume of its own. */
  readonly file: string;
}

/**
 * A log of every request and answer, with secrets as hashes. Vault refuses requests while it can't write one.
 *
 * @see https://developer.hashicorp.com/vault/docs/audit/file
 */
export class AuditDevice extends Construct {
  constructor(scope: Construct, id: string, props: AuditDeviceProps) {
    super(scope, id);
    new Audit(this, "device", { provider: props.provider, type: "file", options: { file_path: props.file } });
  }
}
