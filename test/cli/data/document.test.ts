import fc from "fast-check";
import { parse, stringify } from "yaml";
import { diffLines, renderDiff } from "../../../cli/data/document/diff";
import { fragment, withGenerations } from "../../../cli/data/document/edit";
import { keepLines } from "../../../cli/data/document/keep-lines";
import type { Generations } from "../../../constructs/data/generations";

const TWO: Generations = { serving: 1, all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } } };
const edited = (lines: readonly string[], wanted = TWO) =>
  withGenerations(lines.join("\n"), "postgresql", wanted).split("\n");
const WRITTEN = [
  "    serving: 1",
  "    generations:",
  "      1: {}",
  '      2: { from: 1, to: "2026-11-20T10:00:00Z" }',
];

describe("an edited document", () => {
  it("is the same when it says that already", () => {
    const text = ["data:", "  postgresql:", ...WRITTEN, ""];
    expect(edited(text)).toEqual(text);
    const oddly = [
      "data: {postgresql:   {generations: {'1': {}, 2: {to: 2026-11-20T10:00:00Z, from: 1}}, serving: 1}}",
      "",
    ];
    expect(edited(oddly)).toEqual(oddly);
  });

  it("keeps comments at what it changes and removes", () => {
    const text = [
      "data:",
      "  postgresql:",
      "    serving: 1 # the first",
      "    generations:",
      "      1: {} # empty",
      "      # made on Friday",
      "      2: { from: 1 }",
      "",
    ];
    const one = { serving: 2, all: { 2: { recover: { from: 1 } } } };
    expect(edited(text, one)).toEqual([
      "data:",
      "  postgresql:",
      "    serving: 2 # the first",
      "    generations:",
      "      # made on Friday",
      "      2: { from: 1 }",
      "",
    ]);
  });

  it("keeps the indentation and the line ends of its author", () => {
    expect(edited(["data:", "    clickhouse:", "        storage: 20Gi", ""])).toEqual([
      "data:",
      "    clickhouse:",
      "        storage: 20Gi",
      "    postgresql:",
      "        serving: 1",
      "        generations:",
      "            1: {}",
      '            2: { from: 1, to: "2026-11-20T10:00:00Z" }',
      "",
    ]);
    const windows = withGenerations("owner:   me\r\naccess: {}\r\n", "clickhouse", TWO);
    expect(windows).toContain("owner:   me\r\naccess: {}\r\ndata:\r\n  clickhouse:\r\n");
    expect(windows.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("says alone what a plan shows", () => {
    expect(fragment("postgresql", TWO).split("\n")).toEqual(["data:", "  postgresql:", ...WRITTEN]);
  });

  it.each([
    ["an alias", "x: &a {}\ndata:\n  postgresql: *a\n"],
    ["a list", "data: []\n"],
    ["a text for the whole of it", "data\n"],
  ])("is refused where there is %s", (_, text) => {
    expect(() => withGenerations(text, "postgresql", TWO)).toThrow("this part of the document can't be edited");
  });

  it("means the same as before but for the store, whatever stands in it and however it is written", () => {
    const scalar = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.stringMatching(/^[a-z][a-z :#'-]{0,12}$/),
      fc.constant(null),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 2 },
        scalar,
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("any"), { maxKeys: 3 }),
      ),
    })).any;
    const style = fc.record({
      indent: fc.integer({ min: 1, max: 6 }),
      indentSeq: fc.boolean(),
      flowCollectionPadding: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[e-z]{1,6}$/), value, { maxKeys: 5 }),
        style,
        (content, options) => {
          const text = stringify({ ...content, data: { redis: { storage: "2Gi" } } }, { ...options, lineWidth: 40 });
          const after: unknown = parse(withGenerations(text, "postgresql", TWO));
          expect(after).toEqual({
            ...parse(text),
            data: {
              redis: { storage: "2Gi" },
              postgresql: { serving: 1, generations: { 1: {}, 2: { from: 1, to: "2026-11-20T10:00:00Z" } } },
            },
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("a comparison", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 });

  it("has every line of both texts, in order", () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const found = diffLines(before.join("\n"), after.join("\n"));
        const of = (...marks: readonly string[]) =>
          found
            .filter(({ mark }) => marks.includes(mark))
            .map(({ text }) => text)
            .join("\n");
        expect([of(" ", "-"), of(" ", "+")]).toEqual([before.join("\n"), after.join("\n")]);
      }),
    );
  });

  it("shows what changed with three lines around, and says where it left some out", () => {
    const text = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const changed = text.map((line) => (line === "line 2" || line === "line 17" ? `${line}!` : line));
    expect(renderDiff(text.join("\n"), changed.join("\n")).split("\n")).toEqual([
      ...[" line 0", " line 1", "-line 2", "+line 2!", " line 3", " line 4", " line 5", "..."],
      ...[" line 14", " line 15", " line 16", "-line 17", "+line 17!", " line 18", " line 19"],
    ]);
    expect(renderDiff("same", "same")).toBe("");
  });
});

it("lines that can't be matched are the library's", () => {
  expect(keepLines("a: >\n  folded\n  text\n", "a: folded text\n", "a: folded text\nb: 1\n")).toBe(
    "a: folded text\nb: 1\n",
  );
});
