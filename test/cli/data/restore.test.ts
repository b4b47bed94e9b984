import { readFileSync } from "node:fs";
import path from "node:path";
import { loadPlatform } from "../../../schema/load";
import { removeMistakes } from "../../helpers/mistakes";
import { temporaryFolder } from "../support/session";
import { backedUp, data, documentOf, NOW, YESTERDAY } from "./support";

beforeEach(() => void jest.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(() => void jest.restoreAllMocks());
afterAll(removeMistakes);

const STAGING = "environments/staging.yaml";
const restore = (folder: string, ...args: string[]) => data(["restore", "staging", "postgresql", ...args], folder);
const generationsOf = (folder: string) => {
  const { postgresql } = loadPlatform(folder, { only: "staging" }).environments[0]?.data ?? {};
  return postgresql ? postgresql.generations : undefined;
};

describe("the plan of a restore", () => {
  it("ends with 2, shows the steps and all of the next one, and changes nothing", async () => {
    const folder = backedUp();
    const before = documentOf(folder);
    const { code, out, err } = await restore(folder, "--to", YESTERDAY);
    expect(code).toBe(2);
    expect(out).toContain("Restore of postgresql in staging to 2026-11-20T10:00:00Z: generation 2 takes over from 1");
    expect(out).toContain("kubectl talks to cluster platform");
    expect(out).toContain('2: { from: 1, to: "2026-11-20T10:00:00Z" }');
    expect(out).toContain("STRATA_ONLY=l3-data-staging npx cdktf deploy l3-data-staging");
    expect(out).toContain("service/postgresql-2-rw -c postgres -- psql");
    expect(err).toContain("Nothing was changed");
    expect(documentOf(folder)).toBe(before);
  });

  it("stops and starts what writes around the switch, with the replicas that are configured", async () => {
    const folder = backedUp();
    const page = path.join(temporaryFolder(), "restore.md");
    expect((await data(["restore", "prod", "postgresql", "--output", page], folder)).code).toBe(2);
    const text = readFileSync(page, "utf8");
    const places = [
      "kubectl scale -n openpanel-prod --replicas=0 deployment/op-api deployment/op-worker",
      "serving: 2",
      "kubectl scale -n openpanel-prod --replicas=3 deployment/op-api",
      "strata leftovers --cluster prod --release-volumes",
    ].map((line) => text.indexOf(line));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text).toMatch(/^# Restore of postgresql in prod to the newest state/);
  });

  it("asks ClickHouse with its own client", async () => {
    const { out } = await data(["restore", "staging", "clickhouse"], backedUp());
    expect(out).toContain("chi-clickhouse-2-main-0-0-0 -c clickhouse -- clickhouse-client");
    expect(out).toContain("It brings back the newest backup of generation 1;");
  });

  it("is JSON for programs", async () => {
    const { code, out } = await restore(backedUp(), "--to", YESTERDAY, "--json");
    expect(code).toBe(2);
    const plan = JSON.parse(out);
    expect(plan).toMatchObject({
      schemaVersion: 1,
      environment: "staging",
      store: "postgresql",
      generation: 2,
      recover: { from: 1, to: YESTERDAY },
      written: false,
    });
    expect(plan.steps.map(({ state }: { state: string }) => state)).toEqual(["next", "later", "later"]);
  });

  it("repeats the folder of another configuration in its commands", async () => {
    const folder = backedUp();
    const { out } = await restore(folder);
    expect(out).toContain(`STRATA_CONFIG=${path.basename(folder)} STRATA_ONLY=l3-data-staging`);
    expect(out).toContain(`strata data restore staging postgresql --config ${path.basename(folder)} --write`);
  });

  it("takes the backups of the generation that had the moment", async () => {
    const generations = { "data/postgresql/generations": { 2: { from: 1, to: "2026-11-15T00:00:00Z" } } };
    const folder = backedUp({ [STAGING]: { "data/postgresql/serving": 2, ...generations } });
    const earlier = await restore(folder, "--to", "2026-11-14T00:00:00Z");
    expect(earlier.out).toContain('3: { from: 1, to: "2026-11-14T00:00:00Z" }');
    const later = await restore(folder, "--to", YESTERDAY);
    expect(later.out).toContain(`3: { from: 2, to: "${YESTERDAY}" }`);
    expect(later.out).toContain("Before generation 2 was switched to, 1 served: for a moment from then add --from 1.");
    const chosen = await restore(folder, "--to", YESTERDAY, "--from", "1", "--generation", "7");
    expect(chosen.out).toContain(`7: { from: 1, to: "${YESTERDAY}" }`);
  });
});

describe("a restore from beginning to end", () => {
  it("writes each step, says what comes next, and can be asked again at any time", async () => {
    const folder = backedUp();
    const first = await restore(folder, "--to", YESTERDAY, "--write");
    expect(first.code).toBe(0);
    expect(first.out).toContain("+    serving: 1");
    expect(first.err).toContain("strata data switch staging postgresql 2");
    expect(generationsOf(folder)).toEqual({ serving: 1, all: { 1: {}, 2: { recover: { from: 1, to: YESTERDAY } } } });

    const again = await restore(folder, "--to", YESTERDAY, "--write");
    expect(again.code).toBe(0);
    expect(again.err).toContain("next: npx strata data switch staging postgresql 2");

    expect((await data(["switch", "staging", "postgresql"], folder)).code).toBe(2);
    const second = await data(["switch", "staging", "postgresql", "--write"], folder);
    expect(second.code).toBe(0);
    expect(second.out).toContain("-    serving: 1\n  +    serving: 2");
    expect(generationsOf(folder)?.serving).toBe(2);
    expect((await data(["switch", "staging", "postgresql", "--write"], folder)).err).toContain("serves already");
    expect((await restore(folder, "--to", YESTERDAY)).err).toContain(
      "next: npx strata data retire staging postgresql 1",
    );

    const third = await data(["retire", "staging", "postgresql", "--write"], folder);
    expect(third.code).toBe(0);
    expect(generationsOf(folder)).toEqual({ serving: 2, all: { 2: { recover: { from: 1, to: YESTERDAY } } } });
    expect((await data(["retire", "staging", "postgresql", "--write"], folder)).err).toContain("Nothing is left");
    expect((await restore(folder, "--to", YESTERDAY)).err).toContain("nothing is left to do");
  });

  it("keeps what else stands in the document, with comments, order and the author's spaces", async () => {
    const document = [
      "# Production data: ask before you change it.",
      "placement: {type: shared}   # namespaces of the platform cluster",
      "",
      "",
      "data:",
      "    # Grows fast.",
      "    clickhouse: {storage: 200Gi}",
      "    postgresql:",
      "        storage: 20Gi # of each volume",
      "access:",
      "    developers: developer",
      "apps: {openpanel: {}}",
      "# the end",
      "",
    ];
    const folder = backedUp({ [STAGING]: document.join("\n") });
    expect((await restore(folder, "--write")).code).toBe(0);
    const added = ["        serving: 1", "        generations:", "            1: {}", "            2: { from: 1 }"];
    expect(documentOf(folder).split("\n")).toEqual([...document.slice(0, 9), ...added, ...document.slice(9)]);
    expect((await data(["switch", "staging", "postgresql", "--write"], folder)).code).toBe(0);
    expect((await data(["switch", "staging", "postgresql", "1", "--write"], folder)).code).toBe(0);
    expect((await data(["retire", "staging", "postgresql", "2", "--write"], folder)).code).toBe(0);
    expect(documentOf(folder).split("\n")).toEqual([
      ...document.slice(0, 9),
      ...added.slice(0, 3),
      ...document.slice(9),
    ]);
  });

  it("finds its place in braces, and where nothing is said of the store", async () => {
    const inBraces = backedUp({
      [STAGING]: "placement: {type: shared}\napps: {openpanel: {}}\ndata: {postgresql: {storage: 20Gi}}\n",
    });
    expect((await restore(inBraces, "--write")).code).toBe(0);
    expect(generationsOf(inBraces)?.all).toEqual({ 1: {}, 2: { recover: { from: 1 } } });
    const silent = backedUp({ [STAGING]: "placement: {type: shared}\napps: {openpanel: {}}\n" });
    expect((await restore(silent, "--write")).code).toBe(0);
    expect(documentOf(silent)).toBe(
      "placement: {type: shared}\napps: {openpanel: {}}\ndata:\n  postgresql:\n    serving: 1\n    generations:\n      1: {}\n      2: { from: 1 }\n",
    );
  });

  it("refuses to edit what an alias stands for, and leaves the document alone", async () => {
    const text =
      "placement: {type: shared}\napps: {openpanel: {}}\ndata:\n  clickhouse: &size {storage: 20Gi}\n  postgresql: *size\n";
    const folder = backedUp({ [STAGING]: text });
    const { code, err } = await restore(folder, "--write");
    expect(code).toBe(1);
    expect(err).toContain("data.postgresql\n    this part of the document can't be edited");
    expect(documentOf(folder)).toBe(text);
  });
});

describe("what can't be restored", () => {
  const told = async (args: readonly string[], folder: string) => {
    const { code, out, err } = await data(args, folder);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).not.toMatch(/^\s+at /m);
    return err;
  };

  test.each([
    [
      "an unknown environment",
      ["restore", "stagin", "postgresql"],
      "there is no environment stagin. Did you mean staging",
    ],
    [
      "an unknown store",
      ["restore", "staging", "postgres"],
      'there is no such store (found "postgres"). Did you mean postgresql?',
    ],
    ["redis", ["restore", "staging", "redis"], "redis has no backups and no generations"],
    ["a malformed moment", ["restore", "staging", "postgresql", "--to", "yesterday"], "is not a date and time in UTC"],
    [
      "a day that does not exist",
      ["restore", "staging", "postgresql", "--to", "2026-02-30"],
      "is not a date and time in UTC",
    ],
    [
      "a moment that lies ahead",
      ["restore", "staging", "postgresql", "--to", "2026-11-21T12:00:01Z"],
      "lies ahead: it is 2026-11-21T12:00:00Z",
    ],
    [
      "a moment before what is kept",
      ["restore", "staging", "postgresql", "--to", "2026-11-07T11:59:59Z"],
      "backups are kept for 14 days",
    ],
    [
      "a source that is not there yet",
      ["restore", "staging", "postgresql", "--from", "2"],
      "there is no such generation yet (found 2)",
    ],
    [
      "a number that is taken",
      ["restore", "staging", "postgresql", "--generation", "1"],
      "generation 1 is there already",
    ],
    ["no number", ["restore", "staging", "postgresql", "--from", "one"], "It must be a whole number from 1."],
    [
      "a page in a folder that is not there",
      ["restore", "staging", "postgresql", "--output", "no/such/page.md"],
      "cannot be written",
    ],
  ])("is refused: %s", async (_, args, words) => {
    expect(await told(args, backedUp())).toContain(words);
  });

  it("a store that is switched off, an environment without backups, and one that goes", async () => {
    const off = backedUp({ [STAGING]: { "data/postgresql": false, "apps?": null } });
    expect(await told(["restore", "staging", "postgresql"], off)).toContain("postgresql is switched off");
    const none = backedUp({ [STAGING]: { backups: false } });
    expect(await told(["restore", "staging", "postgresql"], none)).toContain("no backups are made of its stores");
    const going = backedUp({ [STAGING]: { lifecycle: "deleting" } });
    expect(await told(["restore", "staging", "postgresql"], going)).toContain("the environment is being deleted");
  });

  it("while another restore is under way, or the last one is not finished", async () => {
    const folder = backedUp();
    await restore(folder, "--to", YESTERDAY, "--write");
    const other = await told(["restore", "staging", "postgresql", "--to", "2026-11-19T10:00:00Z"], folder);
    expect(other).toContain(`generation 2 (from 1, to ${YESTERDAY}) does not serve yet`);
    expect(other).toContain("give it up with `strata data retire staging postgresql 2`");
    await data(["switch", "staging", "postgresql", "--write"], folder);
    const unfinished = await told(["restore", "staging", "postgresql", "--to", "2026-11-20T11:00:00Z"], folder);
    expect(unfinished).toContain("generation 1 is still there beside 2");
  });

  it("tells problems of the configuration with their places", async () => {
    const folder = backedUp({ [STAGING]: { "data/postgresql/serving": 3 } });
    expect(await told(["restore", "staging", "postgresql"], folder)).toContain("staging.yaml:");
  });
});
