import {
  type DataTerraformRemoteStateLocalConfig,
  type DataTerraformRemoteStateS3Config,
  LocalBackend,
  S3Backend,
  type TerraformStack,
} from "cdktf";

/** Where the stacks keep their Terraform state. */
export type StateBackend =
  | { readonly type: "local" }
  | {
      /** An S3-compatible bucket; credentials come from the environment, never from here. */
      readonly type: "s3";
      readonly bucket: string;
      readonly region: string;
      /** Endpoint URL of an S3-compatible store. @default - AWS */
      readonly endpoint?: string;
      /** Prefix of every state's key. @default "strata" */
      readonly prefix?: string;
      /** Lock with conditional writes (Terraform 1.10 and newer). @default true */
      readonly useLockfile?: boolean;
    };

type RemoteState =
  | { readonly type: "local"; readonly props: DataTerraformRemoteStateLocalConfig }
  | { readonly type: "s3"; readonly props: DataTerraformRemoteStateS3Config };

/** Gives a stack its backend. Local paths are relative to the stack's folder: two checkouts synthesize the same bytes. */
export function attachBackend(stack: TerraformStack, id: string, backend: StateBackend): void {
  if (backend.type === "local") {
    new LocalBackend(stack, { path: localPath(id) });
    return;
  }
  const s3 = new S3Backend(stack, s3Location(id, backend));
  // The 0.21 bindings lack the argument (hashicorp/terraform-cdk#3834). Overrides are not copied to readers, which is right.
  s3.addOverride("use_lockfile", backend.useLockfile ?? true);
}

/** How another stack reads that state. */
export function remoteStateConfig(id: string, backend: StateBackend): RemoteState {
  return backend.type === "local"
    ? { type: "local", props: { path: localPath(id) } }
    : { type: "s3", props: s3Location(id, backend) };
}

function localPath(id: string): string {
  return `../../../state/${id}.tfstate`;
}

function s3Location(id: string, backend: Extract<StateBackend, { type: "s3" }>) {
  const location = {
    bucket: backend.bucket,
    region: backend.region,
    key: `${backend.prefix ?? "strata"}/${id}.tfstate`,
    // Readers too: where states are encrypted with a key of the owner's (AWS_SSE_CUSTOMER_KEY), they send it only then.
    encrypt: true,
  };
  if (backend.endpoint === undefined) return location;
  // Other stores than AWS know neither its account ids nor its regions, metadata service and checksums.
  return {
    ...location,
    endpoints: { s3: backend.endpoint },
    usePathStyle: true,
    skipRequestingAccountId: true,
    skipCredentialsValidation: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
    skipS3Checksum: true,
  };
}
