import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Command, type Option } from "commander";
import { registerData } from "../../cli/data";
import { createProgram } from "../../cli/program";
import { fakeSession } from "../cli/support/session";

const FOLDER = path.resolve(__dirname, "../../docs/runbooks");
const session = fakeSession({}).session;

/** Every command by its words, as in `secrets rotate`. */
const commands = new Map<string, Command>();
const collect = (command: Command, words: readonly string[]): void => {
  for (const below of command.commands) {
    commands.set([...words, below.name()].join(" "), below);
    collect(below, [...words, below.name()]);
  }
};
const data = new Command();
registerData(data, session);
collect(data, []);
collect(createProgram(session), []);

/** The lines of a page in which the command is typed, without what follows on the line. */
function typed(page: string): readonly string[] {
  const text = readFileSync(path.join(FOLDER, page), "utf8");
  return [...text.matchAll(/(?:npx |`)strata ([a-z][^`\n&;|>]*)/g)].map(([, line = ""]) => line.split("  ")[0] ?? "");
}

describe.each(readdirSync(FOLDER).filter((page) => page.endsWith(".md")))("docs/runbooks/%s", (page) => {
  test("types commands and options that there are", () => {
    const unknown = typed(page).filter((line) => {
      const words = line.trim().split(/\s+/);
      const name = [words.slice(0, 2).join(" "), words[0] ?? ""].find((candidate) => commands.has(candidate));
      const known = commands.get(name ?? "")?.options.map(({ long }: Option) => long) ?? [];
      const options = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]);
      return name === undefined || options.some((option) => option !== "--help" && !known.includes(option));
    });
    expect(unknown).toEqual([]);
  });
});

test("the runbooks type commands at all", () => {
  expect(typed("restore.md").length).toBeGreaterThan(5);
});
