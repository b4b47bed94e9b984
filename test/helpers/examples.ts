import path from "node:path";
import { renderProgram, type StackJson } from "../../constructs/core/synth";
import { stableJson, writeProgram } from "../../constructs/core/synth/output";
import { loadPlatform } from "../../schema/load";
import type { Platform } from "../../schema/model";
import type { ProgramContext, ProgramOptions } from "../../stacks/context";
import { describeProgram } from "../../stacks/description";
import { buildProgram } from "../../stacks/program";
import { testApp } from "./program";

/** Folder of an example organisation. */
export function exampleDir(name: "acme" | "minimal"): string {
  return path.resolve(__dirname, "../../examples", name);
}

export function loadExample(name: "acme" | "minimal"): Platform {
  return loadPlatform(exampleDir(name));
}

export interface Synthesized {
  readonly context: ProgramContext;
  readonly stacks: readonly StackJson[];
  /** The bytes of each stack's file. */
  readonly files: Readonly<Record<string, string>>;
}

/** Builds and renders a whole platform, as synth does. */
export function synthesize(platform: Platform, options: ProgramOptions = {}): Synthesized {
  const context = buildProgram(testApp(), platform, options);
  const stacks = renderProgram(context.app, { complete: context.complete });
  return { context, stacks, files: Object.fromEntries(stacks.map(({ id, json }) => [id, stableJson(json)])) };
}

/** Writes a synthesized platform to disk; the folder of the output. */
export function writeSynthesized({ context, stacks }: Synthesized): string {
  writeProgram(context.app, stacks, describeProgram(context));
  return context.app.outdir;
}
