import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseRule } from "../../cli/smoke/program/rule";
import { isJsonObject, type Json, type JsonObject } from "../../constructs/core/json";
import { at } from "../helpers/releases";
import { isMutated } from "../live/support/route/mutations/bench";
import { expectedAt } from "../live/support/route/mutations/checks/asking";
import { limitsAt } from "../live/support/route/mutations/checks/limits-at";
import { CONNECTING, edgesOf, isAdmitted } from "../live/support/route/mutations/checks/ranges";
import { choiceOf, chosen } from "../live/support/route/mutations/choice";
import { mutantsOf } from "../live/support/route/mutations/edits";
import { textOf } from "../live/support/route/mutations/edits/rule-text";
import { areIndependent, EQUIVALENCES, equivalenceOf, type Known } from "../live/support/route/mutations/equivalents";
import { denials, Gateway } from "../live/support/route/mutations/gateway";
import { Journal } from "../live/support/route/mutations/journal";
import { type FieldPath, nameOf, replaced } from "../live/support/route/mutations/mutant";
import { sampleOf } from "../live/support/route/mutations/sample";
import { questionsOf } from "../live/support/route/mutations/universe";
import { renderCluster } from "../live/support/route/program";

const rendered = renderCluster("acme", "platform");
const objects = rendered.objects.filter(isMutated);
const mutants = mutantsOf(
  objects,
  rendered.tables.map(({ host }) => host),
);
const known: Known = {
  objects,
  gateway: new Gateway(objects, questionsOf(rendered.tables)),
  refusing: denials(objects).map((each) => String(at(each, "metadata", "name"))),
  values: rendered.proxy.values,
};

describe("the edits of the rendered routes", () => {
  test("are many, and each another one", () => {
    expect(mutants.length).toBeGreaterThan(2000);
    const results = mutants.map(({ subject, mutated }) => JSON.stringify([subject, mutated]));
    expect(new Set(mutants.map(nameOf)).size).toBeGreaterThan(mutants.length * 0.99);
    expect(
      results.filter((each, index) => each === JSON.stringify([mutants[index]?.subject, mutants[index]?.object])),
    ).toEqual([]);
  });

  test("are of every field, and every object", () => {
    const edited = new Set(mutants.map(({ subject, path }) => `${subject} ${path.join(".")}`));
    const fields = objects.flatMap((object) => {
      const own = mutants.find((each) => each.object === object)?.subject;
      return [[], ...leaves(object.spec ?? null, ["spec"])].map((path) => `${own} ${path.join(".")}`);
    });
    expect(fields.length).toBeGreaterThan(500);
    expect(fields.filter((field) => !edited.has(field))).toEqual([]);
  });

  test("are of one field alone", () => {
    const others = mutants.filter(({ object, mutated, path }) => {
      if (mutated === undefined) return false;
      // With the old value in its place again it is the old object.
      const [first] = path.length === 0 ? [] : [parentOf(path)];
      return JSON.stringify(replaced(mutated, first ?? [], at(object, ...(first ?? [])))) !== JSON.stringify(object);
    });
    expect(others.map(nameOf)).toEqual([]);
  });

  test("leave rules that can be read", () => {
    const rules = mutants.flatMap(({ kind, mutated, path }) => (kind === "rule" ? [String(at(mutated, ...path))] : []));
    expect(rules.length).toBeGreaterThan(500);
    expect(rules.filter((rule) => textOf(parseRule(rule)) !== rule)).toEqual([]);
  });

  test("are the same for a seed, with some of each kind", () => {
    const [first, again, other] = [1, 1, 2].map((seed) => sampleOf(mutants, 340, seed).map(nameOf));
    expect(first?.length).toBeGreaterThanOrEqual(340);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const kinds = new Set(sampleOf(mutants, 340, 1).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(mutants.map(({ kind }) => kind)));
  });
});

describe("the choice among edits", () => {
  const names = (wanted: string): string[] => chosen(mutants, { wanted, seed: 1 }).map(nameOf);

  test("of all parts is all of them, each once", () => {
    const parts = ["1/3", "2/3", "3/3"].flatMap(names);
    expect(parts.sort()).toEqual(names("all").sort());
    expect(parts.length).toBe(mutants.length);
  });

  test.each(["0/3", "4/3", "1/0", "some", "-1", ""])("is refused as %j", (wanted) => {
    expect(() => names(wanted)).toThrow(/^STRATA_MUTATIONS is .*; give a number, "all", or a part as 1\/4\.$/);
  });

  test("is made by the environment", () => {
    expect(choiceOf({})).toEqual({ wanted: "160", seed: 1 });
    const environment = { STRATA_MUTATIONS: "all", STRATA_MUTATION_SEED: "7", STRATA_MUTATION_JOURNAL: "there" };
    expect(choiceOf(environment)).toEqual({ wanted: "all", seed: 7, journal: "there" });
    expect(() => choiceOf({ STRATA_MUTATION_SEED: "x" })).toThrow("give a whole number");
  });
});

describe("a journal", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-journal-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("leaves out what was explained, also when its last line was cut off", () => {
    const [first, second, third, ...more] = mutants.slice(0, 10);
    if (first === undefined || second === undefined || third === undefined) throw new Error("There are no edits.");
    const journal = new Journal(folder, objects);
    expect(journal.left(mutants).length).toBe(mutants.length);
    journal.write(first, "seen");
    journal.write(second, undefined);
    const [file = ""] = readdirSync(folder);
    appendFileSync(path.join(folder, file), '["cut o');
    expect(new Journal(folder, objects).left([first, second, third, ...more])).toEqual([second, third, ...more]);
  });

  test("is another one for other objects", () => {
    expect(new Journal(folder, objects.slice(1)).left(mutants).length).toBe(mutants.length);
  });
});

describe("the ways to see an edit", () => {
  test("have every method and visitor for whom another rule wins", () => {
    const questions = questionsOf(rendered.tables);
    const gateway = new Gateway(objects, questions);
    const preflight = mutants.find((mutant) =>
      /openpanel-routes spec\.routes\.\d+\.match .*Method\(`OPTIONS`\) becomes Method\(`GET`\)/.test(nameOf(mutant)),
    );
    if (preflight === undefined) throw new Error("No preflight is edited.");
    const wayOf = (index: number): string => `${questions[index]?.method} ${questions[index]?.page}`;
    const touched = new Set(gateway.touchedBy(preflight).map(wayOf));
    expect(touched.size).toBeGreaterThan(1);
    expect(new Set(gateway.waysToSee(preflight).map(wayOf))).toEqual(touched);
  });

  test("are none where one refusal takes the place of another", () => {
    const questions = questionsOf(rendered.tables);
    const gateway = new Gateway(objects, questions);
    const hostless = mutants.filter(({ object, path: field, edit }) => {
      const first = String(at(object, ...field.slice(0, 3), "middlewares", 0, "name"));
      return /^Host\([^)]*\) is gone$/.test(edit) && /-deny$/.test(first);
    });
    expect(hostless.length).toBeGreaterThan(5);
    const touched = new Set(hostless.flatMap((mutant) => gateway.touchedBy(mutant)));
    const refused = [...touched].filter((index) => {
      const question = questions[index];
      return question !== undefined && expectedAt(question).outcome === "refused";
    });
    expect(refused).toEqual([]);
  });

  test("have every limit of the rows whose requests another rule takes", () => {
    const questions = questionsOf(rendered.tables);
    const gateway = new Gateway(objects, questions);
    const signUp = mutants.find((mutant) =>
      /casdoor\/sso .* Path\(`\/api\/signup`\) \|\| PathPrefix\(`\/api\/signup\/`\) is gone$/.test(nameOf(mutant)),
    );
    if (signUp === undefined) throw new Error("No path of the sign-up is edited.");
    const touched = gateway.touchedBy(signUp).flatMap((index) => questions[index] ?? []);
    const limits = limitsAt(rendered.tables, touched);
    expect(limits).toContainEqual(expect.objectContaining({ path: "/", maxBodyBytes: 1024 * 1024 }));
    expect(limits.length).toBeLessThan(10);
  });

  test("are fewer than all that it touches", () => {
    const gateway = new Gateway(objects, questionsOf(rendered.tables));
    const shared = mutants.find(({ object }) => /-strip-headers$/.test(String(at(object, "metadata", "name"))));
    if (shared === undefined) throw new Error("No middleware strips headers.");
    expect(gateway.waysToSee(shared).length).toBeLessThan(gateway.touchedBy(shared).length / 4);
  });
});

describe("an edit that changes nothing", () => {
  test("is the smaller part of all", () => {
    const some = sampleOf(mutants, 500, 1);
    const equal = some.filter((mutant) => equivalenceOf(mutant, known) !== undefined);
    expect(equal.length).toBeLessThan(some.length / 3);
  });

  test.each(EQUIVALENCES.map(({ reason, holds }) => ({ reason, holds })))(
    "is there for every reason: $reason",
    ({ holds }) => {
      expect(mutants.some((mutant) => holds(mutant, known))).toBe(true);
    },
  );

  test.each([
    ["a gate", /spec\.routes\.\d+\.middlewares\.\d+ \[list: element gone\] openpanel-routes-gate/],
    ["what strips headers", /spec\.routes\.\d+\.middlewares\.\d+ \[list: element gone\] .*-strip-headers/],
    ["what refuses", /spec\.routes\.\d+\.middlewares\.\d+ \[list: element gone\] openpanel-routes-deny/],
    ["an object", /\[object\]/],
    ["a path of the denied rows' fallback", /\|\| .* becomes all$/],
    ["an answer's header of a gate", /authResponseHeaders\.\d \[list: element gone\]/],
    ["a priority that would open a denied row", /openpanel-routes spec\.routes\.0\.priority \[number\] \d+ becomes 0$/],
  ])("is never one that takes %s away", (_name, pattern) => {
    const found = mutants.filter((mutant) => pattern.test(nameOf(mutant))).slice(0, 40);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((mutant) => equivalenceOf(mutant, known) !== undefined).map(nameOf)).toEqual([]);
  });

  const strip = (...names: readonly string[]): JsonObject => ({
    headers: { customRequestHeaders: Object.fromEntries(names.map((name) => [name, ""])) },
  });
  const rate = { rateLimit: { average: 1, burst: 1 } };

  test.each<readonly [string, Json, Json, boolean]>([
    ["headers and a limit by another header", strip("X-User"), rate, true],
    ["headers and a limit by one of them", strip("X-Forwarded-For"), rate, false],
    ["two limits", rate, { buffering: { maxRequestBodyBytes: 1 } }, false],
    ["a prefix and a limit", { stripPrefix: { prefixes: ["/api"] } }, rate, true],
    [
      "a prefix and the header that tells of it",
      { stripPrefix: { prefixes: ["/api"] } },
      strip("X-Forwarded-Prefix"),
      false,
    ],
    [
      "a gate and anything",
      { forwardAuth: { address: "http://gate/" } },
      { stripPrefix: { prefixes: ["/api"] } },
      false,
    ],
    ["what is not known and anything", { plugin: {} }, rate, false],
  ])("by the order of %s is told from one that does", (_name, first, second, independent) => {
    expect([areIndependent(first, second), areIndependent(second, first)]).toEqual([independent, independent]);
  });
});

describe("addresses that connect", () => {
  test("are those on both sides of both ends of a range", () => {
    expect(edgesOf("192.0.2.0/24")).toEqual(["192.0.1.255", "192.0.2.0", "192.0.2.128", "192.0.2.255", "192.0.3.0"]);
    expect(edgesOf("2001:db8::/127")).toEqual([
      "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
      ...["0", "1", "1", "2"].map((end) => `2001:db8:0:0:0:0:0:${end}`),
    ]);
  });

  test("are admitted, and kept out", () => {
    const inside = CONNECTING.filter(isAdmitted).length;
    expect([inside > 50, CONNECTING.length - inside > 20]).toEqual([true, true]);
  });
});

function leaves(value: Json, path: FieldPath): FieldPath[] {
  if (Array.isArray(value)) return value.flatMap((each: Json, index) => leaves(each, [...path, index]));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]));
  return [path];
}

/** Where an edit shows: a list that lost an element is another list. */
function parentOf(path: FieldPath): FieldPath {
  return path.slice(0, -1);
}
