import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { App } from "cdktf";
import { mirroredArchives } from "../../kubernetes/chart-mirror";
import { manifestsChart } from "../../kubernetes/manifest-set/chart";
import { identityDocument } from "../identity";
import { isJsonObject, type Json } from "../json";
import { vaultNames } from "../names";
import { declarations } from "../secrets";
import { type StackJson, stacksOf } from "./index";

/** Writes a rendered program: what `cdktf` reads, the charts beside it, and what Strata's own commands read. */
export function writeProgram(app: App, stacks: readonly StackJson[], description: Json): void {
  const write = (file: string, content: string | Buffer) => {
    const target = path.join(app.outdir, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  };
  for (const stack of stacks) write(`stacks/${stack.id}/cdk.tf.json`, stableJson(stack.json));
  for (const file of manifestsChart().files) write(`charts/manifests/${file.path}`, file.text);
  for (const { file, content } of mirroredArchives(app)) write(`charts/mirror/${file}`, content);
  write("secrets.json", stableJson({ schemaVersion: 1, mount: vaultNames.mount, ...toJson(declarations(app)) }));
  write("identity.json", stableJson(toJson(identityDocument(app))));
  write("program.json", stableJson(description));
  for (const stack of stacksOf(app)) app.manifest.forStack(stack);
  app.manifest.writeToFile();
}

/** JSON with sorted keys: the same program gives the same bytes. */
export function stableJson(value: Json): string {
  return `${JSON.stringify(sorted(value), undefined, 2)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}

function toJson(value: object): { readonly [key: string]: Json } {
  const json: Json = JSON.parse(JSON.stringify(value));
  return isJsonObject(json) ? json : {};
}
