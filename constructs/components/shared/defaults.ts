import type { ChartPin } from "../../kubernetes/chart-pin";

/** What a component pins: its chart, the release's name and the namespace that it makes for itself. */
export interface ComponentDefaults extends ChartPin {
  readonly namespace: string;
}

/** The pinned chart, or another exact version of it. */
export function pinOf(defaults: ChartPin, version: string | undefined): ChartPin {
  const { chart, repository } = defaults;
  return { chart, repository, version: version ?? defaults.version };
}
