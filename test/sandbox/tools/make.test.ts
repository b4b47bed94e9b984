import { appendFileSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { requireTools } from "../../../sandbox/tools/find";
import { removeFolders } from "../support";
import { FakeTools } from "./support";

afterAll(removeFolders);

describe("building the tools", () => {
  test("builds what is asked for, from what go.mod and go.sum say, and keeps a stamp beside it", async () => {
    const fake = new FakeTools();
    expect(await fake.make("etcd", "kwok")).toEqual({ etcd: "built", kwok: "built" });
    expect(readdirSync(fake.cache.folder).sort()).toEqual(["etcd", "etcd.json", "kwok", "kwok.json"]);
    expect(fake.calls()).toHaveLength(2);
    expect(fake.calls()[0]).toMatch(
      /^build -v -mod=readonly -trimpath .*-ldflags -s -w .*go\.etcd\.io\/etcd\/server\/v3$/,
    );
    const stamp = fake.cache.stamp("etcd");
    expect(stamp).toMatchObject({ go: "go1.26.8 linux/amd64", answer: "etcd Version: 3.6.16" });
  });

  test("builds nothing a second time", async () => {
    const fake = new FakeTools();
    await fake.make("etcd");
    expect(await fake.make("etcd")).toEqual({ etcd: "cached" });
    expect(fake.calls()).toHaveLength(1);
  });

  test.each(["go.mod", "go.sum"])("builds again when %s has changed, and only that tool", async (name) => {
    const fake = new FakeTools();
    await fake.make("etcd", "kwok");
    appendFileSync(path.join(fake.modules, "etcd", name), "\n");
    expect(await fake.make("etcd", "kwok")).toEqual({ etcd: "built", kwok: "cached" });
  });

  test("builds Vault from a main package of ours, without most of its plugins, and again when that has changed", async () => {
    const fake = new FakeTools();
    await fake.make("vault");
    expect(fake.calls()[0]).toMatch(/^build -v -mod=readonly .*-tags minimal -ldflags .* \.$/);
    appendFileSync(path.join(fake.modules, "vault", "main.go"), "\n");
    expect(await fake.make("vault")).toEqual({ vault: "built" });
    expect(await fake.make("vault")).toEqual({ vault: "cached" });
  });

  test("builds again with another Go, and keeps what it has where there is none", async () => {
    const fake = new FakeTools();
    await fake.make("etcd");
    fake.installGo({ version: "go1.27.0" });
    expect(await fake.make("etcd")).toEqual({ etcd: "built" });
    fake.env.PATH = "/nowhere";
    expect(await fake.make("etcd")).toEqual({ etcd: "cached" });
  });

  test("does not count a binary that was cut off or has no stamp", async () => {
    const fake = new FakeTools();
    await fake.make("etcd");
    truncateSync(fake.cache.file("etcd"), 5);
    expect(await fake.make("etcd")).toEqual({ etcd: "built" });
    writeFileSync(`${fake.cache.file("etcd")}.json`, "{");
    expect(await fake.make("etcd")).toEqual({ etcd: "built" });
  });

  test("shows Go's own lines when a build fails, and builds the others", async () => {
    const fake = new FakeTools({ failing: "etcd/server/v3" });
    expect(await fake.make("etcd", "kwok")).toEqual({ etcd: "failed", kwok: "built" });
    expect(fake.printed.join("")).toContain("etcd does not build:\nx.go:1: undefined: y\n");
    expect(readdirSync(fake.cache.folder).sort()).toEqual(["kwok", "kwok.json"]);
  });

  test("does not keep a binary that does not run as what it should be", async () => {
    const fake = new FakeTools({ says: "something else" });
    expect(await fake.make("etcd")).toEqual({ etcd: "failed" });
    expect(readdirSync(fake.cache.folder)).toEqual([]);
  });

  test.each([
    [1, 4],
    [1e9, 2],
  ])("empties Go's build cache when the caches have more than %d bytes", async (limit, calls) => {
    const fake = new FakeTools();
    fake.cleanAbove = limit;
    await fake.make("etcd", "kwok");
    expect(fake.calls()).toHaveLength(calls);
    expect(fake.calls().filter((call) => call === "clean -cache")).toHaveLength(calls - 2);
  });

  test("tells what to do without Go, and with one that is too old", async () => {
    const fake = new FakeTools({ version: "go1.23.4" });
    await expect(fake.make("etcd")).rejects.toThrow(/version go1\.23\.4, and go\.mod asks for 1\.26\.0/);
    fake.env.PATH = "/nowhere";
    await expect(fake.make("etcd", "kwok")).rejects.toThrow(
      /Go is not on the PATH\.\nTo build etcd, kwok, Go 1\.26\.0/,
    );
    await expect(fake.make("etcd")).rejects.toThrow("https://go.dev/doc/install");
  });
});

describe("a tool that is named by path", () => {
  test("is taken as it is and never built", async () => {
    const fake = new FakeTools();
    fake.env.STRATA_TOOL_ETCD = fake.program("own/etcd", "echo 'etcd Version: 3.5.0'");
    expect(await fake.make("etcd", "kwok")).toEqual({ etcd: "given", kwok: "built" });
    expect(fake.calls()).toHaveLength(1);
    expect(requireTools(["etcd"], { env: fake.env, modules: fake.modules }).get("etcd")).toBe(fake.file("own/etcd"));
  });

  test.each(["missing", "text", "."])("is refused when it is no program: %s", async (name) => {
    const fake = new FakeTools();
    writeFileSync(fake.file("text"), "");
    fake.env.STRATA_TOOL_ETCD = fake.file(name);
    await expect(fake.make("etcd")).rejects.toThrow(/STRATA_TOOL_ETCD names .*, which is not a program/);
  });
});

describe("the lock of the cache", () => {
  test("keeps a second build out, and is given back", async () => {
    const fake = new FakeTools();
    mkdirSync(fake.cache.folder, { recursive: true });
    writeFileSync(fake.cache.lock, `${process.ppid}\n`);
    await expect(fake.make("etcd")).rejects.toThrow(`Another build of the tools (process ${process.ppid}) works in`);
    writeFileSync(fake.cache.lock, "99999999\n");
    expect(await fake.make("etcd")).toEqual({ etcd: "built" });
    expect(existsSync(fake.cache.lock)).toBe(false);
  });

  test("is not needed where nothing is built", async () => {
    const fake = new FakeTools();
    await fake.make("etcd");
    writeFileSync(fake.cache.lock, `${process.ppid}\n`);
    expect(await fake.make("etcd")).toEqual({ etcd: "cached" });
  });
});
