import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Imports } from "../../../../constructs/core/imports";
import { temporaryFolder } from "../../support/session";

type Json = Readonly<Record<string, unknown>>;

/** A stack as a test writes it. */
export interface TestStack {
  readonly dependencies?: readonly string[];
  readonly json: Json;
}

/** An object of a state as a test writes it. */
export interface TestObject {
  readonly id?: string;
  readonly attributes?: Json;
  readonly alias?: string;
  readonly status?: "tainted";
  readonly deposed?: string;
}

/** A synthesized program with its states and its configuration, on disk. */
export class TestProgram {
  readonly root = temporaryFolder();
  readonly folder = path.join(this.root, "cdktf.out");
  readonly config = path.join(this.root, "config");

  constructor(readonly stacks: Readonly<Record<string, TestStack>>) {
    this.write("config/platform.yaml", "");
    for (const [id, { json }] of Object.entries(stacks)) {
      const terraform = { backend: { local: { path: `../../../state/${id}.tfstate` } } };
      this.write(`cdktf.out/stacks/${id}/cdk.tf.json`, JSON.stringify({ terraform, ...json }));
    }
    const manifest = Object.entries(stacks).map(([id, { dependencies = [] }]) => [
      id,
      { workingDirectory: `stacks/${id}`, dependencies },
    ]);
    this.write("cdktf.out/manifest.json", JSON.stringify({ stacks: Object.fromEntries(manifest) }));
  }

  /** Applied: what the state holds, by address. */
  state(stack: string, objects: Readonly<Record<string, TestObject>>, outputs: Json = {}): void {
    const resources = Object.entries(objects).map(([address, { id, attributes, alias, status, deposed }]) => {
      const [type = "", name] = address.split(".");
      const provider = `provider["registry.terraform.io/hashicorp/${type.split("_")[0]}"]${alias ? `.${alias}` : ""}`;
      const instance = { status, deposed, attributes: { ...(id !== undefined && { id }), ...attributes } };
      return { mode: "managed", type, name, provider, instances: [instance] };
    });
    const values = Object.entries(outputs).map(([name, value]) => [name, { value, type: "string" }]);
    const state = { version: 4, serial: 1, lineage: "x", outputs: Object.fromEntries(values), resources };
    this.write(`state/${stack}.tfstate`, JSON.stringify(state));
  }

  /** Terraform was killed over the state of a stack: it is empty, and its backup is what it was before. */
  cut(stack: string): void {
    const file = path.join(this.root, "state", `${stack}.tfstate`);
    copyFileSync(file, `${file}.backup`);
    writeFileSync(file, "");
  }

  /** The state of a stack as it stands on disk; empty where there is none. */
  stored(stack: string): string {
    const file = path.join(this.root, "state", `${stack}.tfstate`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Somebody works on a stack, as the fake Terraform sees it. */
  lock(stack: string): void {
    this.write(`state/${stack}.tfstate.locked`, "");
  }

  imports(imports: Imports): void {
    this.write("config/imports.json", JSON.stringify(imports));
  }

  /** Commands that would have changed the state of a stack. */
  commands(stack: string): readonly string[] {
    const file = path.join(this.root, "state", `${stack}.tfstate.commands`);
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  /** What is to be imported; undefined without the file. */
  get imported(): unknown {
    const file = path.join(this.config, "imports.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  }

  private write(file: string, text: string): void {
    const target = path.join(this.root, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/** A Terraform that knows `init`, `untaint` and `state pull`, with a local backend, and notes what would change a state. */
export function fakeTerraform(): string {
  const folder = temporaryFolder();
  const file = path.join(folder, "terraform");
  writeFileSync(path.join(folder, "locked"), LOCKED);
  // In the shell, because Node would start some hundred times in these tests.
  const script = `#!/bin/sh
[ "$1" = init ] && exit 0
read -r state < backend.tf.json
state=\${state#*'"path":"'}
state=\${state%%'"'*}
if [ "$1" = untaint ]; then
  [ -e "$state.locked" ] || exit 0
  cat ${folder}/locked >&2
  exit 1
fi
case "$1 $2" in
  "state pull") [ -e "$state" ] && cat "$state" ;;
  *) echo "$*" >> "$state.commands" ;;
esac
exit 0
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}

const LOCKED = `╷
│ Error: Error acquiring the state lock
│
│ Error message: resource temporarily unavailable
│ Lock Info:
│   ID:        934a217c-c94d-968b-73b4-c743a495026c
│   Path:      state
│   Operation: OperationTypeApply
│   Who:       ada@laptop
│   Version:   1.11.4
│   Created:   2026-11-21 12:55:35.171620106 +0000 UTC
│   Info:
╵
`;
