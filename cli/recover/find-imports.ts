import { StrataError } from "../../constructs/core/errors";
import type { Import } from "../../constructs/core/imports";
import { canBeLost } from "./lookups";
import type { ProgramResource, ProgramStack } from "./program";
import type { Recovery } from "./recovery";
import type { Line, RecoverReport } from "./report";
import type { Sighting } from "./sighting";

/** Nobody refuses a second one (of a record, when its content differs): a deployment without a look could end with two. */
const MADE_TWICE = /^(vultr_|cloudflare_dns_record$)/;

/**
 * What is to be imported into a stack: the objects that exist and that its state does not know.
 *
 * @param listed what is to be imported already
 * @param settled what is to be imported in place of an object that the state knows
 */
export async function findImports(
  stack: ProgramStack,
  listed: readonly Import[],
  settled: readonly Import[],
  recovery: Recovery,
): Promise<readonly Import[]> {
  const { states, report } = recovery;
  const { state } = await states.of(stack.id);
  const inState = new Set(state.objects.filter(({ deposed }) => !deposed).map(({ address }) => address));
  const known = new Set(stack.resources.map(({ address }) => address));
  for (const { to, id } of listed) {
    if (inState.has(to)) report.add(stack.id, to, "import removed", `${id}: the state has it now`);
    else if (!known.has(to)) report.add(stack.id, to, "import removed", `${id}: the program has no such resource`);
  }
  const imports: Import[] = [...settled];
  for (const resource of stack.resources.filter(({ address }) => settled.every(({ to }) => to !== address))) {
    const entry = listed.find(({ to }) => to === resource.address);
    if (inState.has(resource.address)) await reportNamesakes(resource, recovery);
    else imports.push(...(await importOf(resource, entry, recovery)));
  }
  return imports;
}

async function importOf(
  resource: ProgramResource,
  entry: Import | undefined,
  { eyes, report, behind }: Recovery,
): Promise<readonly Import[]> {
  const kept = entry === undefined ? [] : [entry];
  if (!canBeLost(resource)) return kept;
  try {
    return decide(resource, await eyes.see(resource), entry, report);
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    // What is in imports.json was seen before, or a person wrote it: it needs no look.
    if (entry !== undefined) return kept;
    if (behind !== undefined && !MADE_TWICE.test(resource.type)) report.waits(resource.stack, behind);
    else report.fail(error, nameOf(resource));
    return kept;
  }
}

function decide(
  resource: ProgramResource,
  sighting: Sighting,
  entry: Import | undefined,
  report: RecoverReport,
): readonly Import[] {
  const { stack, address } = resource;
  const add = (what: Line["what"], detail: string) => report.add(stack, address, what, detail);
  const ids = sighting.is === "there" ? [sighting.importId] : sighting.is === "unclear" ? sighting.candidates : [];
  if (entry !== undefined && ids.includes(entry.id)) {
    // Of several, a person has chosen this one.
    add("to be imported", entry.id);
    return [entry];
  }
  if (entry !== undefined) add("import removed", `${entry.id}: it is not there, or not ours`);
  if (sighting.is === "there") {
    const { importId, note } = sighting;
    add("import", note === undefined ? importId : `${importId}: ${note}`);
    return [{ to: address, id: importId }];
  }
  if (sighting.is === "absent" && sighting.note !== undefined) add("seen", sighting.note);
  if (sighting.is === "unclear") {
    const { problem, fix } = sighting;
    report.fail(StrataError.of({ where: nameOf(resource), problem, fix }));
  }
  return [];
}

/**
 * Vultr takes any label twice. A run that was killed while it replaced an object leaves the new one beside the old one
 * that the state knows; nothing else would ever tell, but the bill.
 */
async function reportNamesakes(resource: ProgramResource, { eyes, report, namesakes }: Recovery): Promise<void> {
  if (!namesakes) return;
  try {
    const others = await eyes.namesakes(resource);
    if (others.length === 0) return;
    const problem = `there is another object of its name that no state knows: ${others.map(({ id }) => id).join(", ")}`;
    const fix = "Look at it in Vultr's console, and delete it when nothing needs it.";
    report.fail(StrataError.of({ where: nameOf(resource), problem, fix }));
  } catch (error) {
    report.fail(error, nameOf(resource));
  }
}

function nameOf({ stack, address }: ProgramResource): string {
  return `${stack} ${address}`;
}
