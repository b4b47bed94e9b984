import type { ManifestObject } from "../../kubernetes/manifest-set";

/** Stands in for the model generated from the operator's CRD. */
export class ClickHouseInstallation implements ManifestObject {
  readonly apiVersion = "clickhouse.altinity.com/v1";
  readonly kind = "ClickHouseInstallation";

  constructor(private readonly data: { readonly metadata: unknown; readonly spec: unknown }) {}

  validate(): void {}

  toJSON(): unknown {
    return { apiVersion: this.apiVersion, kind: this.kind, ...this.data };
  }
}
