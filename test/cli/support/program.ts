import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { SecretKey, SecretReader } from "../../../constructs/core/secrets";
import { temporaryFolder } from "./session";

/** What a test declares of a secret; the rest is the same everywhere. */
export interface TestSecret {
  readonly path: string;
  readonly owner?: string;
  readonly readers?: readonly SecretReader[];
  readonly keys: Readonly<Record<string, SecretKey>>;
}

export interface TestProgram {
  readonly secrets?: readonly TestSecret[];
  readonly bootstrap?: readonly object[];
  /** Stacks of the manifest with their dependencies. */
  readonly stacks?: Readonly<Record<string, readonly string[]>>;
  /** Backends of stacks, for those whose outputs are read. */
  readonly backends?: Readonly<Record<string, object>>;
}

export const generated = { kind: "generated", rule: { alphabet: "url-safe", length: 32 } } as const;
export const hex = { kind: "generated", rule: { alphabet: "hex", length: 64 } } as const;
export const supplied = { kind: "supplied", description: "SAML metadata of the identity provider" } as const;

/** Writes a synthesized program, as far as the command reads it, into a folder of its own. */
export function writeProgram({ secrets = [], bootstrap = [], stacks = {}, backends = {} }: TestProgram): string {
  const folder = path.join(temporaryFolder(), "cdktf.out");
  const write = (file: string, content: object) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), JSON.stringify(content));
  };
  const declared = secrets.map((secret) => ({ owner: "test", description: "", readers: [], ...secret }));
  write("secrets.json", { schemaVersion: 1, mount: "secret", secrets: declared, bootstrap });
  const manifest = Object.entries(stacks).map(([id, dependencies]) => [
    id,
    { name: id, constructPath: id, workingDirectory: `stacks/${id}`, dependencies },
  ]);
  write("manifest.json", { version: "0.21.0", stacks: Object.fromEntries(manifest) });
  for (const [id, backend] of Object.entries(backends)) write(`stacks/${id}/cdk.tf.json`, { terraform: { backend } });
  return folder;
}
