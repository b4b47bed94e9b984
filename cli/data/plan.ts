import { dataNamespace } from "../../constructs/core/names";
import type { Recovery } from "../../constructs/data/generations";
import type { Configuration } from "./configuration";
import { MANUALS } from "./manual";
import { added, retired, switched } from "./standing";
import { addStep, type Change, type PlannedStep, retireStep, switchStep } from "./steps";
import type { FoundStore, RestorableStore } from "./stores";

/** A step of a plan, and whether it stands in the document. */
export interface Step extends PlannedStep {
  readonly state: "done" | "next" | "later";
}

/** A restore from beginning to end. */
export interface RestorePlan {
  readonly environment: string;
  readonly store: RestorableStore;
  readonly cluster: string;
  readonly namespace: string;
  readonly recover: Recovery;
  /** Number of the new generation, and of the one that it takes over from. */
  readonly generation: number;
  readonly old: number;
  readonly state: string;
  readonly steps: readonly Step[];
}

/** The plan of a restore; which of its steps are done is read from the generations that there are. */
export function restorePlan(configuration: Configuration, found: FoundStore, change: Change): RestorePlan {
  const { environment } = configuration;
  const { generations, store } = found;
  const { generation, old, recover } = change;
  const there = (number: number) => Object.hasOwn(generations.all, number);
  const done = [there(generation), generations.serving === generation, there(generation) && !there(old)];
  const first = there(generation) ? generations : added(generations, generation, recover);
  const second = switched(first, generation);
  const all = [
    addStep(configuration, store, change, { ...generations, all: first.all }),
    switchStep(configuration, store, change, second),
    retireStep(configuration, store, old, retired(second, old)),
  ];
  const next = done.indexOf(false);
  return {
    environment: environment.name,
    store,
    cluster: environment.cluster,
    namespace: dataNamespace(environment.name),
    recover,
    generation,
    old,
    state: MANUALS[store].state(recover),
    steps: all.map((step, index) => ({
      ...step,
      state: done[index] ? "done" : index === next ? "next" : "later",
    })),
  };
}
