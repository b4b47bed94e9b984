import { blocks, type StackJson } from "../../core/synth/stack-json";
import type { ChartPin } from "../chart-pin";

/**
 * The charts that the releases of a synthesized program take from repositories, each once, sorted. Charts of our own and
 * charts from a mirror stand beside the stacks and are not among them.
 */
export function repositoryCharts(stacks: readonly StackJson[]): ChartPin[] {
  const pins = stacks.flatMap((stack) =>
    blocks(stack, "resource")
      .filter(({ type }) => type === "helm_release")
      .flatMap(({ body: { chart, repository, version } }) =>
        typeof chart === "string" && typeof repository === "string" && repository !== ""
          ? [{ chart, repository, version: typeof version === "string" ? version : "" }]
          : [],
      ),
  );
  const once = new Map(pins.map((pin) => [`${pin.chart} ${pin.version} ${pin.repository}`, pin]));
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pin]) => pin);
}

/** Whether a release of a synthesized program takes its chart from a mirror. */
export function usesMirror(stacks: readonly StackJson[]): boolean {
  return stacks.some((stack) =>
    blocks(stack, "resource").some(
      ({ type, body }) => type === "helm_release" && `${body.chart}`.startsWith(MIRROR_PATH),
    ),
  );
}

/** Where stacks find the archives of a mirror: beside the stack folders, so that the output can be moved as a whole. */
export const MIRROR_PATH = "../../charts/mirror/";
