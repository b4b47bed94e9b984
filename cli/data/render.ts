import type { Session } from "../session";
import { renderTable } from "../terminal/table";
import type { Action } from "./manual";
import type { RestorePlan } from "./plan";
import type { PlannedStep } from "./steps";

/** A piece of a step: words, or what is typed. */
type Piece = { readonly text: string } | { readonly code: readonly string[]; readonly language: "yaml" | "bash" };

/** A step in the order in which things are done; the change of the document stands between what is before and after. */
function piecesOf(step: PlannedStep, document: string): readonly Piece[] {
  return [
    ...step.before.flatMap(pieces),
    { text: `Change ${document}, or let ${step.command} do it:` },
    { code: step.yaml.split("\n"), language: "yaml" },
    ...step.after.flatMap(pieces),
    ...step.notes.map((text) => ({ text })),
  ];
}

function pieces({ does, run }: Action): readonly Piece[] {
  return [{ text: does }, ...(run.length === 0 ? [] : [{ code: run, language: "bash" as const }])];
}

/** What a plan is about, in one line. */
export function headline({ store, environment, recover, old, generation }: RestorePlan): string {
  const moment = recover.to === undefined ? "the newest state that was backed up" : recover.to;
  return `Restore of ${store} in ${environment} to ${moment}: generation ${generation} takes over from ${old}`;
}

/** The whole plan as a page. */
export function markdown(plan: RestorePlan, document: string): string {
  const rows = plan.steps.map(({ number, title, state }) => `| ${number} | ${title} | ${state} |`);
  return [
    `# ${headline(plan)}\n`,
    `${plan.state} \`kubectl\` talks to cluster \`${plan.cluster}\`. Each step is one change of the document and one deployment.\n`,
    ["| Step | What | State |", "| ---- | ---- | ----- |", ...rows, ""].join("\n"),
    ...plan.steps.flatMap((step) => [
      `## Step ${step.number}: ${step.title}\n`,
      ...piecesOf(step, `\`${document}\``).map((piece) =>
        "text" in piece ? `${piece.text}\n` : `\`\`\`${piece.language}\n${piece.code.join("\n")}\n\`\`\`\n`,
      ),
    ]),
  ].join("\n");
}

/** The steps as a table. */
export function printPlan({ terminal }: Session, plan: RestorePlan): void {
  terminal.out(terminal.colours.bold(headline(plan)));
  terminal.out(`${plan.state}\nkubectl talks to cluster ${plan.cluster}.\n`);
  terminal.out(
    renderTable([
      ["Step", "What", "State"],
      ...plan.steps.map(({ number, title, state }) => [`${number}`, title, state]),
    ]),
  );
}

/** One step with all that is typed for it. */
export function printStep({ terminal }: Session, step: PlannedStep, document: string): void {
  terminal.out(terminal.colours.bold(`\nStep ${step.number}: ${step.title}`));
  for (const piece of piecesOf(step, document)) {
    if ("text" in piece) terminal.out(`  ${piece.text}`);
    else terminal.out(piece.code.map((line) => `      ${line}`).join("\n"));
  }
}
