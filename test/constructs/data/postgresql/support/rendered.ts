import type { Json, JsonObject } from "../../../../../constructs/core/json";
import type { BackupTarget } from "../../../../../constructs/data/backup-target";
import { PostgresqlCluster, type PostgresqlClusterProps } from "../../../../../constructs/data/postgresql";
import { at, type Build, problemsOf, Rendered } from "../../objects";

const NAMESPACE = "data-staging";

/** The database of the application. */
export const OPENPANEL = {
  name: "openpanel",
  owner: "openpanel",
  passwordSecret: { name: "postgresql-openpanel", path: "staging/openpanel" },
};

const BASE: Omit<PostgresqlClusterProps, "target"> = {
  namespace: NAMESPACE,
  name: "postgresql",
  service: "postgresql",
  instances: 1,
  size: { storage: "20Gi", cpu: "500m", memory: "2Gi" },
  protection: "retain",
  databases: [OPENPANEL],
};

/** Where backups go. */
export const BACKUP: BackupTarget = {
  endpoint: "https://ewr1.vultrobjects.com",
  region: "ewr1",
  bucket: "acme-staging-backups",
  secret: { name: "backups", path: "staging/backups" },
  schedule: "30 1 * * *",
  retentionDays: 14,
};

/** What a test says differently of the plainest cluster. */
export type Props = Partial<PostgresqlClusterProps>;

function build(props: Props): Build {
  return (scope, target) => {
    new PostgresqlCluster(scope, "postgresql", { ...BASE, ...props, target });
  };
}

/** What a cluster renders, with properties in place of those of the plainest one. */
export function rendered(props: Props = {}): Rendered {
  return new Rendered(build(props), [NAMESPACE]);
}

/** The problems with which such a cluster is refused. */
export function problems(props: Props): readonly string[] {
  return problemsOf(build(props), [NAMESPACE]);
}

/** The object of the operator: of the first generation, or of the one with that name. */
export function cluster(props: Props = {}, name = "postgresql"): JsonObject {
  return rendered(props).object("postgresql", "Cluster", name);
}

/** The objects of a kind. */
export function kinds(props: Props, kind: string): readonly JsonObject[] {
  return rendered(props)
    .objects("postgresql")
    .filter((object) => object.kind === kind);
}

/** The names of the objects of a kind. */
export function names(props: Props, kind: string): (Json | undefined)[] {
  return kinds(props, kind).map((object) => at(object, "metadata.name"));
}
