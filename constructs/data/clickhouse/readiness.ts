import { serviceHost } from "../../core/names";
import { fromSecret, type ReadinessCheck } from "../readiness";
import { type ClickhouseDatabase, SECRET_KEYS } from "./database";
import type { ClickhouseInstallationProps } from "./index";
import { CLICKHOUSE_USER } from "./manifests";
import { CLICKHOUSE_PORTS } from "./traffic";

/**
 * Logs in over HTTP as both users. The migrator makes the database: a client whose URL names a database that does not
 * exist yet is refused, OpenPanel's own migration too.
 */
export function check(
  props: ClickhouseInstallationProps,
  database: ClickhouseDatabase,
  { name: generation, service, image }: { readonly name: string; readonly service: string; readonly image: string },
): ReadinessCheck {
  const { name, secret, runtimeUser, migratorUser } = database;
  return {
    name: `${generation}-${name.replaceAll("_", "-")}`,
    image,
    user: CLICKHOUSE_USER,
    script: [
      query("MIGRATOR", `CREATE DATABASE IF NOT EXISTS ${name}`),
      query("RUNTIME", "SELECT 1", `?database=${name}`),
    ],
    env: [
      {
        name: "CLICKHOUSE_HTTP",
        value: `http://${serviceHost(service, props.namespace)}:${CLICKHOUSE_PORTS.http}/`,
      },
      { name: "RUNTIME_USER", value: runtimeUser },
      fromSecret("RUNTIME_PASSWORD", secret.name, SECRET_KEYS.runtime.password),
      { name: "MIGRATOR_USER", value: migratorUser },
      fromSecret("MIGRATOR_PASSWORD", secret.name, SECRET_KEYS.migrator.password),
    ],
  };
}

/** The server's image has no curl. The statement is posted: over GET the server allows reading only. */
function query(user: "RUNTIME" | "MIGRATOR", statement: string, parameters = ""): string {
  return [
    "wget --quiet --tries=1 --timeout=10 --output-document=-",
    `--header="X-ClickHouse-User: $${user}_USER" --header="X-ClickHouse-Key: $${user}_PASSWORD"`,
    `--post-data="${statement}" "$CLICKHOUSE_HTTP${parameters}"`,
  ].join(" ");
}
