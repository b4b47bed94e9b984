/** Reads `imports.json`: objects that exist and are taken into a stack's state at its next apply. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { type Issue, StrataError } from "../constructs/core/errors";
import type { Imports } from "../constructs/core/imports";
import { list, named, once, required, strict, text } from "./fields/kit";
import { issueAt, problemsOf } from "./load/problems";
import { readSource, type Source } from "./load/source";

/** Its name in the folder of platform.yaml. */
export const IMPORTS_FILE = "imports.json";

const importsSchema = once(() =>
  named(
    z.string(),
    list(
      strict({
        to: required(
          text("the address of a resource, such as vultr_vpc.main", /^[a-z]\w*\.[A-Za-z_][\w-]*$/),
          "Address of the resource in its stack.",
        ),
        id: required(text("what the provider imports the object by"), "What the provider imports the object by."),
      }),
      "a list of imports",
    ),
    "a mapping of stacks to lists of imports",
  ),
);

/**
 * The imports of a configuration; none where there is no such file.
 *
 * @throws StrataError with every problem of the file
 */
export function loadImports(dir: string): Imports {
  const file = join(dir, IMPORTS_FILE);
  if (!existsSync(file)) return {};
  const source = readSource(file);
  const { data } = source;
  // The file is JSON; read as YAML, which JSON is a part of, it tells the line of everything.
  if (!isJson(file))
    throw StrataError.of({ where: source.file, problem: "this is not JSON", fix: "Mend or delete it." });
  if (data === undefined) throw new StrataError(source.issues);
  const result = importsSchema().safeParse(data);
  if (!result.success)
    throw new StrataError(problemsOf(result.error.issues, data).map((each) => issueAt(source, each)));
  const issues = Object.entries(result.data).flatMap(([stack, entries]) => duplicates(source, stack, entries));
  if (issues.length > 0) throw new StrataError(issues);
  return result.data;
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** One object can't be two resources, and one resource can't be two objects. */
function duplicates(source: Source, stack: string, entries: Imports[string] = []): Issue[] {
  const seen = new Map<string, number>();
  return entries.flatMap(({ to, id }, index) =>
    [
      { key: `to ${to}`, field: "to", problem: `takes in a second object at ${to}` },
      { key: `id ${to.split(".")[0]} ${id}`, field: "id", problem: `takes ${id} in a second time` },
    ].flatMap(({ key, field, problem }) => {
      const first = seen.get(key);
      seen.set(key, first ?? index);
      if (first === undefined) return [];
      return [{ where: source.where([stack, index, field]), problem, fix: "Leave one of the two entries." }];
    }),
  );
}
