import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { Failure } from "./failure";

const stack = z.object({ id: z.string(), layer: z.number().int(), dependencies: z.array(z.string()) });
const cluster = z.object({ name: z.string(), label: z.string(), central: z.boolean() });
const host = z.object({ host: z.string(), path: z.string(), class: z.string(), stack: z.string().optional() });
const costItem = z.object({
  what: z.string(),
  quantity: z.number(),
  unit: z.number(),
  monthly: z.number(),
  stack: z.string().optional(),
});

/** What synth says about the program beside the Terraform JSON. */
const program = z.object({
  schemaVersion: z.literal(1),
  clusters: z.array(cluster),
  stacks: z.array(stack),
  hosts: z.array(host),
  cost: z.object({
    currency: z.string(),
    monthly: z.number(),
    items: z.array(costItem),
    excludes: z.array(z.string()),
  }),
});

/** The synthesized program as synth describes it. */
export type Program = z.infer<typeof program>;
/** One stack of the program. */
export type ProgramStack = z.infer<typeof stack>;

/** The part of a stack's Terraform JSON that the sandbox looks at. */
export interface StackJson {
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, unknown>>;
    readonly cloud?: unknown;
    readonly required_providers?: Readonly<Record<string, { readonly source?: string; readonly version?: string }>>;
  };
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** Reads what synth wrote. */
export function readProgram(out: string): Program {
  const file = path.join(out, "program.json");
  if (!existsSync(file)) throw new Failure(`Synth wrote no ${file}.`);
  const parsed = program.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (parsed.success) return parsed.data;
  throw new Failure(`${file} is not what the sandbox reads:\n${z.prettifyError(parsed.error)}`);
}

/** The folder of a stack in the synthesized output. */
export function stackFolder(out: string, id: string): string {
  return path.join(out, "stacks", id);
}

/** The Terraform JSON of every stack that was synthesized, by stack id. */
export function readStacks(out: string): Map<string, StackJson> {
  const folder = path.join(out, "stacks");
  if (!existsSync(folder)) throw new Failure(`Synth wrote no stacks into ${out}.`);
  const ids = readdirSync(folder).filter((id) => existsSync(path.join(folder, id, "cdk.tf.json")));
  return new Map(
    ids.map((id) => [id, JSON.parse(readFileSync(path.join(folder, id, "cdk.tf.json"), "utf8")) as StackJson]),
  );
}
