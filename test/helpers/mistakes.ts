import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseDocument } from "yaml";
import { StrataError } from "../../constructs/core/errors";
import type { Json } from "../../constructs/core/json";
import { loadPlatform } from "../../schema/load";
import { exampleDir, synthesize } from "./examples";

/**
 * What is done to one file of a copy of examples/acme: values set at paths written `clusters/platform/region`, a new
 * text, or `null` to remove it. A path ends in `?` where its key is removed, in `+` where its list gets one more item.
 */
export type Changes = Readonly<Record<string, Readonly<Record<string, Json>> | string | null>>;

const folder = mkdtempSync(path.join(tmpdir(), "strata-mistakes-"));
let count = 0;

/** Removes what {@link misconfigured} wrote. */
export function removeMistakes(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A copy of the example organisation with changes. */
export function misconfigured(changes: Changes): string {
  const dir = path.join(folder, `config-${++count}`);
  cpSync(exampleDir("acme"), dir, { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (change === null) rmSync(file);
    else writeFileSync(file, typeof change === "string" ? change : edited(file, change));
  }
  return dir;
}

/** The example's file with values set; comments and lines stay where they are. */
function edited(file: string, values: Readonly<Record<string, Json>>): string {
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const [text, value] of Object.entries(values)) {
    const keys = text.replace(/[?+]$/, "").split("/");
    if (text.endsWith("?")) document.deleteIn(keys);
    else if (text.endsWith("+")) document.addIn(keys, value);
    else document.setIn(keys, document.createNode(value));
  }
  return document.toString({ lineWidth: 0 });
}

/** What a user reads when a configuration is refused, with file names as inside its folder. */
export function refusalOf(dir: string): string {
  try {
    synthesize(loadPlatform(dir));
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    return error.message.replaceAll(`${dir}/`, "").replaceAll(dir, "<config>");
  }
  throw new Error("the configuration was not refused");
}
