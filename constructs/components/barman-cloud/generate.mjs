/**
 * Generates the typed model of ObjectStore from model/crd.yaml, our own description of the fields we use.
 *
 *   node constructs/components/barman-cloud/generate.mjs           writes model/*.generated.*
 *   node constructs/components/barman-cloud/generate.mjs --check   fails when they are not current
 */
import { generateModel } from "../../../tools/generate-model.mjs";

await generateModel(import.meta.dirname, {
  group: "barmancloud.cnpg.io",
  version: "v1",
  kind: "ObjectStore",
  file: "object-store",
});
