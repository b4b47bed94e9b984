import { removeMistakes } from "../../helpers/mistakes";
import { backedUp, data, documentOf, NOW, YESTERDAY } from "./support";

beforeEach(() => void jest.spyOn(Date, "now").mockReturnValue(NOW));
afterEach(() => void jest.restoreAllMocks());
afterAll(removeMistakes);

const STAGING = "environments/staging.yaml";
const store = (serving: number, generations: Readonly<Record<number, object>>) =>
  backedUp({
    [STAGING]: {
      "data/postgresql/serving": serving,
      "data/postgresql/generations": JSON.parse(JSON.stringify(generations)),
    },
  });
const BOTH = { 1: {}, 2: { from: 1, to: YESTERDAY } };

describe("strata data switch", () => {
  it("is refused when nothing was restored", async () => {
    const { code, err } = await data(["switch", "staging", "postgresql"], backedUp());
    expect(code).toBe(1);
    expect(err).toContain("there is nothing to switch to: generation 1 is the only one");
    expect(err).toContain("strata data restore staging postgresql");
  });

  it("is refused for a generation that is not there, and where it can't tell which one is meant", async () => {
    const unknown = await data(["switch", "staging", "postgresql", "5"], store(1, BOTH));
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("There are 1 and 2.") });
    const two = await data(["switch", "staging", "postgresql"], store(1, { ...BOTH, 3: { from: 1 } }));
    expect(two).toMatchObject({ code: 1, err: expect.stringContaining("generations 2 and 3 both wait") });
  });

  it("shows how applications are stopped, and leads back as well", async () => {
    const { code, out } = await data(["switch", "staging", "postgresql", "1"], store(2, BOTH));
    expect(code).toBe(2);
    expect(out).toContain("--replicas=0 deployment/op-api deployment/op-worker");
    expect(out).toContain("Generation 1 (postgresql) serves from now on");
    expect(out).toContain("strata data switch staging postgresql 2");
  });

  it("says in JSON what it wrote", async () => {
    const { code, out } = await data(["switch", "staging", "postgresql", "--write", "--json"], store(1, BOTH));
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ schemaVersion: 1, environment: "staging", store: "postgresql", written: true });
    expect(report.diff).toContain("+    serving: 2");
    const again = await data(["switch", "staging", "postgresql", "2", "--json"], store(2, BOTH));
    expect(JSON.parse(again.out)).toMatchObject({ serving: 2, written: false });
  });
});

describe("strata data retire", () => {
  test.each([
    ["nothing was restored", store(1, { 1: {} }), [], "generation 1 is the only one. Nothing was restored"],
    ["the new one does not serve yet", store(1, BOTH), [], "generation 2 does not serve yet, so 1 is still needed"],
    ["it serves", store(2, BOTH), ["2"], "generation 2 serves: the applications use it"],
    ["it was never there", store(2, BOTH), ["9"], "there is no generation 9. There are 1 and 2."],
  ])("is refused when %s", async (_, folder, args, words) => {
    const before = documentOf(folder);
    const { code, err } = await data(["retire", "staging", "postgresql", ...args, "--write"], folder);
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(documentOf(folder)).toBe(before);
  });

  it("says what stays, by the environment's protection", async () => {
    const retained = await data(["retire", "staging", "postgresql"], store(2, BOTH));
    expect(retained.out).toContain("kubectl delete -n data-staging clusters.postgresql.cnpg.io/postgresql");
    expect(retained.out).toContain("--release-volumes");
    expect(retained.out).toContain("What stays: postgresql/postgresql/ in the bucket");
    const folder = backedUp({
      [STAGING]: {
        protection: "delete",
        "data/clickhouse/serving": 2,
        "data/clickhouse/generations": { 1: {}, 2: { from: 1 } },
      },
    });
    const disposable = await data(["retire", "staging", "clickhouse"], folder);
    expect(disposable.code).toBe(2);
    expect(disposable.out).toContain("objects and volumes go with the deployment");
    expect(disposable.out).not.toContain("kubectl delete");
  });

  it("gives up a restore when it is named, and says that its number is spent", async () => {
    const folder = store(1, BOTH);
    const { code, out } = await data(["retire", "staging", "postgresql", "2", "--write"], folder);
    expect(code).toBe(0);
    expect(out).toContain("Number 2 is spent");
    expect(out).toContain("strata data restore staging postgresql --generation 3");
    expect((await data(["status", "staging"], folder)).code).toBe(0);
  });

  it("has nothing to do when the old one is gone", async () => {
    for (const args of [[], ["1"]]) {
      const { code, err } = await data(["retire", "staging", "postgresql", ...args], store(2, { 2: { from: 1 } }));
      expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("Nothing is left to retire") });
    }
  });
});

describe("strata data status", () => {
  it("lists stores, generations, what serves and backups", async () => {
    const { code, out, err } = await data(["status"], backedUp());
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^staging +postgresql +1 +- +30 1 \* \* \* UTC, kept 14 days$/m);
    expect(out).toMatch(/^prod +redis +- +- +none: queues and caches$/m);
  });

  it("ends with 2 while a restore is under way, and names the next command", async () => {
    const { code, out, err } = await data(["status", "staging"], store(1, BOTH));
    expect(code).toBe(2);
    expect(out).toContain(`2 (from 1, to ${YESTERDAY})`);
    expect(err).toBe("Next: strata data switch staging postgresql 2");
    expect((await data(["status", "staging"], store(2, BOTH))).err).toBe(
      "Next: strata data retire staging postgresql 1",
    );
  });

  it("is JSON for programs, and shows what is switched off", async () => {
    const folder = backedUp({ [STAGING]: { "data/clickhouse": false, backups: false, "apps?": null } });
    const { stores } = JSON.parse((await data(["status", "staging", "--json"], folder)).out);
    expect(stores).toEqual([
      expect.objectContaining({ store: "postgresql", present: true, serving: 1, backups: false }),
      expect.objectContaining({ store: "clickhouse", present: false }),
      expect.objectContaining({ store: "redis", present: true, backups: false }),
    ]);
    expect(await data(["status", "stagin"], folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining("Did you mean staging"),
    });
  });
});
