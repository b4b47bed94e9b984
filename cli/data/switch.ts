import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import { type ChangeOptions, carryOut, EXIT, jsonHead } from "./apply";
import { readConfiguration } from "./configuration";
import { type Standing, standingOf, switched } from "./standing";
import { switchStep } from "./steps";
import { type FoundStore, findStore } from "./stores";

/** `strata data switch`: lets another generation serve. 0 it does in the document, 2 it would. */
export async function dataSwitch(
  session: Session,
  name: string,
  storeName: string,
  asked: number | undefined,
  options: ChangeOptions,
): Promise<number> {
  const configuration = readConfiguration(options, name, session);
  const found = findStore(configuration.environment, storeName);
  const { generations, store } = found;
  const standing = standingOf(generations);
  const generation = asked ?? waiting(name, found, standing);
  if (generation === standing.serving) {
    if (options.json) {
      session.terminal.out(JSON.stringify({ ...jsonHead(configuration, store), serving: generation, written: false }));
    }
    const [old] = standing.older;
    const next = old === undefined ? "" : ` When it has proven itself: strata data retire ${name} ${store} ${old}`;
    session.terminal.err(`Generation ${generation} of ${store} serves already.${next}`);
    return EXIT.done;
  }
  if (!standing.numbers.includes(generation)) {
    const fix = `There are ${standing.numbers.join(" and ")}.`;
    throw StrataError.of({ where: `${name} ${store}`, problem: "there is no such generation", value: generation, fix });
  }
  const wanted = switched(generations, generation);
  const change = { old: standing.serving, generation, recover: { from: standing.serving } };
  return carryOut(session, configuration, store, switchStep(configuration, store, change, wanted), options);
}

/** The one that was restored and does not serve yet. */
function waiting(name: string, { store }: FoundStore, { newer, older, serving }: Standing): number {
  const [first, second] = newer;
  const where = `${name} ${store}`;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    const fix = `Name one, as in \`strata data switch ${name} ${store} ${first}\`.`;
    throw StrataError.of({ where, problem: `generations ${newer.join(" and ")} both wait`, fix });
  }
  // It was switched to before, and the old one is still there.
  if (older.length > 0) return serving;
  const problem = `there is nothing to switch to: generation ${serving} is the only one`;
  throw StrataError.of({ where, problem, fix: `Restore one first: \`strata data restore ${name} ${store}\`.` });
}
