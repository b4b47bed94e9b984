import { dataNamespace } from "../../constructs/core/names";
import { type Generations, generationName, type Recovery } from "../../constructs/data/generations";
import type { Configuration } from "./configuration";
import { fragment } from "./document/edit";
import { type Action, MANUALS, type Placed } from "./manual";
import { deploy, migrationNotes, start, stop } from "./manual/deployment";
import type { RestorableStore } from "./stores";

/** What a step changes in the environment's document, and what a person does around it. */
export interface PlannedStep {
  readonly number: 1 | 2 | 3;
  readonly title: string;
  /** Command that writes it. */
  readonly command: string;
  /** What the document then says of the store. */
  readonly yaml: string;
  readonly wanted: Generations;
  readonly before: readonly Action[];
  readonly after: readonly Action[];
  readonly notes: readonly string[];
}

/** Which generation takes over from which, and what it starts from. */
export interface Change {
  readonly old: number;
  readonly generation: number;
  readonly recover: Recovery;
}

/** The step that restores a generation beside what serves. */
export function addStep(
  configuration: Configuration,
  store: RestorableStore,
  { old, generation, recover }: Change,
  wanted: Generations,
): PlannedStep {
  const manual = MANUALS[store];
  const at = placed(configuration, store, generation);
  const target = recover.to === undefined ? "" : ` --to ${recover.to}`;
  const waits = `It returns when the restore is done and the application's users could log in, or after ${manual.patienceHours} hours; again, it goes on waiting.`;
  return {
    number: 1,
    title: `Generation ${generation} (${at.name}) is restored beside ${generationName(store, old)}, which goes on serving`,
    command: command(configuration, "restore", store, target),
    yaml: fragment(store, wanted),
    wanted,
    before: [manual.unused(at)],
    after: [deploy(configuration, waits), manual.watch(at), ...manual.look(at)],
    notes: [manual.caution, ...beforeNote(wanted, recover)],
  };
}

/** The step that lets another generation serve; also the one before, again. */
export function switchStep(
  configuration: Configuration,
  store: RestorableStore,
  { old, generation }: Change,
  wanted: Generations,
): PlannedStep {
  const { environment } = configuration;
  const back = command(configuration, "switch", store, ` ${old}`);
  return {
    number: 2,
    title: `Generation ${generation} (${generationName(store, generation)}) serves from now on`,
    command: command(configuration, "switch", store, ` ${generation}`),
    yaml: fragment(store, wanted),
    wanted,
    before: stop(environment),
    after: [deploy(configuration), ...start(environment)],
    notes: [
      `What was written to ${generationName(store, old)} and is not in ${generationName(store, generation)} stays there: nothing is carried over.`,
      "Requests of the applications fail while they are stopped, and events that are sent then are lost.",
      ...migrationNotes(environment),
      `The way back, as long as generation ${old} is there: ${back}`,
    ],
  };
}

/** The step that removes a generation; also of one that was restored in vain. */
export function retireStep(
  configuration: Configuration,
  store: RestorableStore,
  number: number,
  wanted: Generations,
): PlannedStep {
  const { environment } = configuration;
  const manual = MANUALS[store];
  const at = placed(configuration, store, number);
  const retained = environment.protection === "retain";
  const volumes: Action = {
    does: "Its volumes are kept with their data. When nobody needs them any more:",
    run: [
      `npx strata leftovers --cluster ${environment.cluster}`,
      `npx strata leftovers --cluster ${environment.cluster} --release-volumes`,
    ],
  };
  return {
    number: 3,
    title: `Generation ${number} (${at.name}) goes`,
    command: command(configuration, "retire", store, ` ${number}`),
    yaml: fragment(store, wanted),
    wanted,
    before: [],
    after: [deploy(configuration), ...(retained ? [manual.remove(at), volumes] : [])],
    notes: [
      ...(retained ? [] : ["The environment does not retain its data: objects and volumes go with the deployment."]),
      `What stays: ${manual.stays(at)}`,
    ],
  };
}

/** Only people know when a generation was switched to. */
function beforeNote({ all }: Generations, { from }: Recovery): readonly string[] {
  const earlier = all[from]?.recover?.from;
  if (earlier === undefined) return [];
  return [
    `Before generation ${from} was switched to, ${earlier} served: for a moment from then add --from ${earlier}.`,
  ];
}

function placed({ environment }: Configuration, store: RestorableStore, generation: number): Placed {
  return {
    environment,
    namespace: dataNamespace(environment.name),
    number: generation,
    name: generationName(store, generation),
  };
}

/** The command that writes a step, as it was started. */
function command({ environment, shownFolder }: Configuration, verb: string, store: string, rest: string): string {
  const config = shownFolder === "config" ? "" : ` --config ${shownFolder}`;
  return `npx strata data ${verb} ${environment.name} ${store}${rest}${config} --write`;
}
