import type { Json, JsonObject } from "../../../../../constructs/core/json";
import type { BackupTarget } from "../../../../../constructs/data/backup-target";
import { ClickhouseInstallation, type ClickhouseInstallationProps } from "../../../../../constructs/data/clickhouse";
import * as generations from "../../generations";
import { at, type Build, list, problemsOf, Rendered } from "../../objects";

const NAMESPACE = "data-staging";

/** The database of the application. */
export const OPENPANEL = {
  name: "openpanel",
  runtimeUser: "openpanel",
  migratorUser: "openpanel_migrator",
  secret: { name: "clickhouse-openpanel", path: "staging/openpanel" },
};

const BASE: Omit<ClickhouseInstallationProps, "target"> = {
  namespace: NAMESPACE,
  name: "clickhouse",
  service: "clickhouse",
  size: { storage: "50Gi", cpu: "1", memory: "4Gi" },
  protection: "retain",
  databases: [OPENPANEL],
};

/** What a test says differently of the plainest installation. */
export type Props = Partial<ClickhouseInstallationProps>;

/** Where backups go. */
export const BACKUP: BackupTarget = {
  endpoint: "https://ewr1.vultrobjects.com",
  region: "us-east-1",
  bucket: "acme-backups-staging",
  secret: { name: "backups", path: "staging/backups" },
  schedule: "30 1 * * *",
  retentionDays: 14,
};

/** A second generation is made from the first one's backups, and the first still serves. */
export const RESTORING: Props = { backup: BACKUP, generations: generations.RECOVERED };

/** The same when the second serves. */
export const SWITCHED: Props = { backup: BACKUP, generations: generations.SWITCHED };

function build(props: Props): Build {
  return (scope, target) => {
    new ClickhouseInstallation(scope, "clickhouse", { ...BASE, ...props, target });
  };
}

/** What an installation renders. */
export function rendered(props: Props = {}): Rendered {
  return new Rendered(build(props), [NAMESPACE]);
}

/** The problems with which such an installation is refused. */
export function problems(props: Props): readonly string[] {
  return problemsOf(build(props), [NAMESPACE]);
}

/** The object of the operator. */
export function installation(props: Props = {}): JsonObject {
  return rendered(props).object("clickhouse", "ClickHouseInstallation");
}

/** A setting of the users of a generation. */
export function setting(path: string, props: Props = {}, release = "clickhouse") {
  return Object(at(rendered(props).object(release, "ClickHouseInstallation"), "spec.configuration.users"))[path];
}

/** The variables of a container; those from a secret as `name/key`. */
export function environment(container: Json | undefined) {
  return Object.fromEntries(
    list(container, "env").map(({ name, value, valueFrom }) => [
      String(name),
      value ?? `${at(valueFrom, "secretKeyRef.name")}/${at(valueFrom, "secretKeyRef.key")}`,
    ]),
  );
}
