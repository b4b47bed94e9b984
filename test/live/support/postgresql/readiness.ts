import type { JsonObject } from "../../../../constructs/core/json";
import { at, list } from "../../../constructs/data/objects";
import { type Ran, run } from "./run";
import type { PostgresqlServer } from "./server";

/**
 * Runs the script of a rendered readiness Job as its pod would, with the variables of its container: only where the
 * server is and where its authority's certificate lies is this machine's.
 *
 * @param passwords - of each Kubernetes secret
 */
export function runReadiness(
  job: JsonObject,
  server: PostgresqlServer,
  passwords: ReadonlyMap<string, string>,
): Promise<Ran> {
  const container = at(job, "spec.template.spec.containers.0");
  const [shell, option, script] = [0, 1, 2].map((index) => String(at(container, `command.${index}`)));
  const asked = Object.fromEntries(
    list(container, "env").map((variable) => [
      String(variable.name),
      typeof variable.value === "string"
        ? variable.value
        : (passwords.get(String(at(variable, "valueFrom.secretKeyRef.name"))) ?? ""),
    ]),
  );
  const here = server.clientEnvironment({
    host: asked.PGHOST ?? "",
    user: asked.PGUSER ?? "",
    database: asked.PGDATABASE ?? "",
  });
  const { PGPORT = "", PGHOSTADDR = "", PGSSLROOTCERT = "", PATH = "" } = here;
  const env = { ...asked, PGPORT, PGHOSTADDR, PGSSLROOTCERT, PATH };
  return run([shell ?? "", option ?? "", script ?? ""], { env, cwd: server.folder });
}
