import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Issue, StrataError } from "../../../constructs/core/errors";
import { slug, stackId } from "../../../constructs/core/names";
import { readManifest } from "../../atlantis/manifest";
import type { Environment } from "../../terraform/run";
import { readState } from "../../terraform/state";

/** Counts the objects in the state of a stack. */
export type ObjectCount = (stack: string) => Promise<number>;

/** The stacks that an environment may have, those that are to be destroyed first in front. */
export function environmentStacks(folder: string, environment: string): readonly string[] {
  const ending = `-${slug(environment)}`;
  const known = readManifest(folder)
    .map(({ id }) => id)
    .filter((id) => /^l[34]-/.test(id) && id.endsWith(ending));
  // An environment that is not part of the synth any more may still be deployed.
  return [...new Set([...known, stackId.apps("apps", environment), stackId.data(environment)])].sort().reverse();
}

/** Problems for every stack that still holds something. */
export async function deployedStacks(stacks: readonly string[], count: ObjectCount): Promise<readonly Issue[]> {
  const counted: (readonly [string, number])[] = [];
  for (const stack of stacks) counted.push([stack, await count(stack)]);
  const deployed = counted.filter(([, objects]) => objects > 0);
  return deployed.map(([stack, objects]) => ({
    where: stack,
    problem: `it is deployed: its state holds ${objects} ${objects === 1 ? "object" : "objects"}`,
    fix: `Destroy the environment first: cdktf destroy ${deployed.map(([id]) => id).join(" ")}`,
  }));
}

/** Counts in the states of a synthesized program. */
export function stateCount(folder: string, env: Environment): ObjectCount {
  const known = new Set(readManifest(folder).map(({ id }) => id));
  return async (stack) => {
    if (known.has(stack)) return (await readState(folder, stack, env)).objects.length;
    const borrowed = mkdtempSync(path.join(tmpdir(), "strata-purge-"));
    try {
      const target = path.join(borrowed, "stacks", stack);
      mkdirSync(target, { recursive: true });
      const backend = backendBeside(folder, [...known][0], stack);
      writeFileSync(path.join(target, "cdk.tf.json"), JSON.stringify({ terraform: { backend } }), { mode: 0o600 });
      return (await readState(borrowed, stack, env)).objects.length;
    } finally {
      rmSync(borrowed, { recursive: true, force: true });
    }
  };
}

const program = z.object({ terraform: z.object({ backend: z.record(z.string(), z.record(z.string(), z.unknown())) }) });

/** Where a stack that was not synthesized keeps its state: beside those of the others, under its own id. */
function backendBeside(folder: string, neighbour: string | undefined, stack: string): object {
  const refuse = (problem: string) =>
    StrataError.of({ where: stack, problem, fix: "Synthesize the platform: run `npm run synth` without --only." });
  if (neighbour === undefined) throw refuse("nothing is synthesized, so nobody knows where its state is");
  const home = path.join(folder, "stacks", neighbour);
  const { backend } = program.parse(JSON.parse(readFileSync(path.join(home, "cdk.tf.json"), "utf8"))).terraform;
  const { local } = backend;
  const absolute =
    typeof local?.path === "string" ? { local: { ...local, path: path.resolve(home, local.path) } } : backend;
  const text = JSON.stringify(absolute);
  // Ids are parts of others (`l1-edge` of `l1-edge-x`): the whole file name tells the right one.
  const [file, other] = [`/${neighbour}.tfstate"`, `/${stack}.tfstate"`];
  if (!text.includes(file)) throw refuse(`the backend of ${neighbour} does not tell where its state is`);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text.replace(file, other)));
}
