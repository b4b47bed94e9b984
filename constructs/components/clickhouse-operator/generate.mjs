/**
 * Generates the typed model of ClickHouseInstallation from model/crd.yaml, our own description of the fields we use.
 *
 *   node constructs/components/clickhouse-operator/generate.mjs           writes model/*.generated.*
 *   node constructs/components/clickhouse-operator/generate.mjs --check   fails when they are not current
 */
import { generateModel } from "../../../tools/generate-model.mjs";

await generateModel(import.meta.dirname, {
  group: "clickhouse.altinity.com",
  version: "v1",
  kind: "ClickHouseInstallation",
  file: "clickhouse-installation",
});
