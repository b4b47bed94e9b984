/** Group and version of the objects of cert-manager, External Secrets and the operators. */
export const CERTIFICATES = "cert-manager.io/v1";
export const EXTERNAL = "external-secrets.io/v1";
export const POSTGRESQL = "postgresql.cnpg.io/v1";
export const BARMAN = "barmancloud.cnpg.io/v1";
export const CLICKHOUSE = "clickhouse.altinity.com/v1";

/** Where secrets, Services, claims and pods of the tests are. */
export const core = "/api/v1/namespaces/data-staging";

/** Collection of a kind of objects in a namespace. */
export function collectionOf(apiVersion: string, plural: string, namespace = "data-staging"): string {
  return `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
}
