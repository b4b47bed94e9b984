import { z } from "zod";
import { remembered } from "../remember";
import { type Environment, withBackend } from "./run";

/** The outputs of a deployed stack, by name; empty when it was never applied. */
export type OutputReader = (stack: string) => Promise<ReadonlyMap<string, unknown>>;

const outputs = z.record(z.string(), z.object({ value: z.unknown() }));

/** Reads outputs from the states of the stacks of a synthesized program, each once. */
export function terraformOutputs(folder: string, env: Environment): OutputReader {
  return remembered((stack) =>
    withBackend(folder, stack, env, async (run) => {
      const text = await run("output", "-json", "-no-color");
      return new Map(Object.entries(outputs.parse(JSON.parse(text))).map(([name, { value }]) => [name, value]));
    }),
  );
}
