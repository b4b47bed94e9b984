import type { Recovery } from "../../../constructs/data/generations";
import type { Environment } from "../../../schema/model";
import type { RestorableStore } from "../stores";
import { clickhouse } from "./clickhouse";
import { postgresql } from "./postgresql";

/** Something that a person does, and the commands for it. Nothing here is ever run by this program. */
export interface Action {
  readonly does: string;
  readonly run: readonly string[];
}

/** A generation as its commands name it. */
export interface Placed {
  readonly namespace: string;
  readonly number: number;
  /** Name of the generation's objects. */
  readonly name: string;
  readonly environment: Environment;
}

/** What a person has to know of one kind of store. */
export interface StoreManual {
  /** Which state a restore brings back, in one sentence. */
  state(recover: Recovery): string;
  /** What can go wrong with a moment. */
  readonly caution: string;
  /** Hours that a deployment waits for a restore. */
  readonly patienceHours: number;
  /** Before a generation is added: that nothing of its name is left from an earlier attempt. */
  unused(placed: Placed): Action;
  /** Watches a restore that is under way, or says why it failed. */
  watch(placed: Placed): Action;
  /** Looks at what it holds. */
  look(placed: Placed): readonly Action[];
  /** Deletes what a retained generation leaves in the cluster. */
  remove(placed: Placed): Action;
  /** What stays in the bucket. */
  stays(placed: Placed): string;
}

export const MANUALS: Readonly<Record<RestorableStore, StoreManual>> = { postgresql, clickhouse };
