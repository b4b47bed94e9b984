import { readFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import { isJsonObject, type JsonObject } from "../../constructs/core/json";
import { nearest } from "../../constructs/core/nearest";
import { blocks } from "../../constructs/core/synth/stack-json";
import { readManifest } from "../atlantis/manifest";

/** A resource of a synthesized stack. */
export interface ProgramResource {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  /** Type and name, as in `vultr_vpc.main`. */
  readonly address: string;
  /** Its arguments, as Terraform reads them: with `${...}` where something is known at apply only. */
  readonly body: JsonObject;
  /** Alias of its provider; empty for the provider without one. */
  readonly alias: string;
}

/** A synthesized stack. */
export interface ProgramStack {
  readonly id: string;
  /** Stacks that `cdktf deploy` applies before it. */
  readonly dependencies: readonly string[];
  /** The whole of its Terraform JSON. */
  readonly json: JsonObject;
  readonly resources: readonly ProgramResource[];
}

/** The stacks of a synthesized program by id, each behind those that it depends on. */
export type Program = ReadonlyMap<string, ProgramStack>;

/** Reads a synthesized program. */
export function readProgram(folder: string): Program {
  const stacks = readManifest(folder).map(({ id, folder: below, dependencies }) => {
    const json = readStack(path.join(folder, below, "cdk.tf.json"));
    const resources = blocks({ id, json }, "resource").map(({ type, name, body }) => {
      const alias = typeof body.provider === "string" ? (body.provider.split(".")[1] ?? "") : "";
      return { stack: id, type, name, address: `${type}.${name}`, body, alias };
    });
    return { id, dependencies, json, resources };
  });
  return inOrder(stacks);
}

/** The stacks that the user named, in the program's order; all of them where none is named. */
export function chosenStacks(program: Program, names: readonly string[]): readonly ProgramStack[] {
  const issues = names
    .filter((name) => !program.has(name))
    .map((name) => ({
      where: "--stack",
      problem: "there is no such stack in this synth",
      value: name,
      fix: `Did you mean ${nearest(name, program.keys()).join(" or ")}?`,
    }));
  if (issues.length > 0) throw new StrataError(issues);
  return [...program.values()].filter(({ id }) => names.length === 0 || names.includes(id));
}

function readStack(file: string): JsonObject {
  const failure = (problem: string) =>
    StrataError.of({ where: file, problem, fix: "Synthesize all of it: run `npm run synth` without --only." });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw failure("is not there");
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isJsonObject(json)) return json;
  } catch {
    // Told below, like every other content that is none.
  }
  throw failure("is not Terraform JSON");
}

function inOrder(stacks: readonly ProgramStack[]): Program {
  const byId = new Map(stacks.map((stack) => [stack.id, stack]));
  const ordered = new Map<string, ProgramStack>();
  const visit = (stack: ProgramStack, above: readonly string[]): void => {
    if (ordered.has(stack.id) || above.includes(stack.id)) return;
    for (const dependency of stack.dependencies) {
      const below = byId.get(dependency);
      if (below !== undefined) visit(below, [...above, stack.id]);
    }
    ordered.set(stack.id, stack);
  };
  for (const stack of stacks) visit(stack, []);
  return ordered;
}
