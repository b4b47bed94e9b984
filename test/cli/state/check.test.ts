import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { writeProgram } from "../support/program";
import { type Person, ROOT, strata, temporaryFolder } from "../support/session";
import { FakeStore, type FakeStoreOptions } from "./fake-store";

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "secret-of-the-test" };
const SUSPICIOUS = /secret-of-the-test|AKIATEST|Signature=/;

let store: FakeStore;

afterEach(async () => {
  await store?.stop();
});

interface Block {
  readonly [name: string]: unknown;
}

/** A synthesized program with one stack in the store. */
function program(endpoint: string, changes: Block = {}): string {
  const s3 = {
    ...{ bucket: "states", region: "us-east-1", key: "strata/l1-edge-a.tfstate", endpoints: { s3: endpoint } },
    ...{ use_path_style: true, encrypt: true, use_lockfile: true },
    ...changes,
  };
  return writeProgram({ stacks: { "l1-edge-a": [] }, backends: { "l1-edge-a": { s3 } } });
}

async function check(options: FakeStoreOptions = {}, changes: Block = {}, person: Person = {}) {
  store = await FakeStore.start(options);
  const dir = program(store.endpoint, changes);
  const env = { ...CREDENTIALS, ...person.env };
  const { code, out, err } = await strata(["state", "check", "--dir", dir, "--json"], { env });
  const [found] = JSON.parse(out).stores;
  const checks = new Map<string, { result: string; detail: string; fix: string }>(
    found.checks.map((each: { check: string }) => [each.check, each]),
  );
  const failed = [...checks].filter(([, { result }]) => result === "failed").map(([name]) => name);
  expect(out + err).not.toMatch(SUSPICIOUS);
  return { code, fit: found.fit, checks, failed, detail: (name: string) => checks.get(name)?.detail };
}

describe("strata state check on a store that does all that Terraform needs", () => {
  it("passes, and leaves nothing behind", async () => {
    const { code, fit, checks } = await check({ versioning: "Enabled", defaultEncryption: "on" });
    expect({ code, fit }).toEqual({ code: 0, fit: true });
    expect(new Set([...checks.values()].map(({ result }) => result))).toEqual(new Set(["passed"]));
    expect(store.left()).toEqual([]);
  });

  it("writes as Terraform does: in the folder of the states, encrypted, with a checksum", async () => {
    await check();
    const written = store.requests.flatMap((request, index) => (request.startsWith("PUT") ? [index] : []));
    expect(written.length).toBeGreaterThan(10);
    for (const index of written) {
      expect(store.requests[index]).toMatch(/^PUT \/states\/strata\/strata-state-check-/);
      expect(store.headers[index]).toMatchObject({
        "content-type": "application/json",
        "x-amz-server-side-encryption": "AES256",
        "x-amz-checksum-crc32": expect.stringMatching(/^[\w+/]{6}==$/),
      });
    }
  });

  it("lets two writers meet five times", async () => {
    await check();
    const races = store.requests.filter((request) => /^PUT .*race-\d-1$/.test(request));
    expect(races).toHaveLength(10);
    expect(new Set(races).size).toBe(5);
  });

  it("encrypts with a key of the owner's where the environment has one", async () => {
    const key = Buffer.alloc(32, 7).toString("base64");
    store = await FakeStore.start();
    const env = { ...CREDENTIALS, AWS_SSE_CUSTOMER_KEY: key };
    const { out, err } = await strata(["state", "check", "--dir", program(store.endpoint)], { env });
    const reads = store.requests.flatMap((request, index) => (/^(GET|PUT) .*check-/.test(request) ? [index] : []));
    for (const index of reads) {
      expect(store.headers[index]).toMatchObject({ "x-amz-server-side-encryption-customer-key": key });
    }
    expect(out + err).not.toContain(key);
  });

  it("sends no checksum where Terraform sends none", async () => {
    await check({ checksum: "refused" }, {}, { env: { AWS_REQUEST_CHECKSUM_CALCULATION: "WHEN_REQUIRED" } });
    expect(store.headers.some((headers) => "x-amz-checksum-crc32" in headers)).toBe(false);
  });
});

describe("strata state check finds a store unfit", () => {
  test.each<[string, FakeStoreOptions, string, RegExp]>([
    ["ignores the condition", { condition: "ignored" }, "lock", /two applies could write one state/],
    ["looks first and then writes", { condition: "checked first" }, "lock race", /both of two writers/],
    ["has no conditional writes", { condition: "not implemented" }, "lock", /refused \(501 NotImplemented: no\)/],
    ["answers 200 to everything", { agreeable: true }, "reading", /with another content/],
    ["reads what was there before", { stale: true }, "reading", /with another content/],
    ["refuses to encrypt", { encryption: "refused" }, "encryption", /could not even take its lock/],
    ["refuses checksums", { checksum: "refused" }, "writing", /the checksum of an object is refused/],
    ["does not delete", { keeps: true }, "unlock", /a lock cannot be deleted \(403 AccessDenied/],
    ["answers anything to a listing", { listing: { status: 200, body: "welcome" } }, "access", /but not with one/],
  ])("that %s", async (_, options, name, detail) => {
    const { code, fit, failed, checks } = await check(options);
    expect({ code, fit }).toEqual({ code: 1, fit: false });
    expect(failed).toContain(name);
    expect(checks.get(name)?.detail).toMatch(detail);
    expect(checks.get(name)?.fix).not.toBe("");
    if (!options.keeps) expect(store.left()).toEqual([]);
  });

  it("goes on without what is refused, to tell everything at once", async () => {
    const { failed } = await check({ encryption: "refused", checksum: "refused", condition: "ignored" });
    expect(failed).toEqual(["writing", "encryption", "lock"]);
  });

  test.each<[string, number, string, RegExp]>([
    ["no such bucket", 404, "<Error><Code>NoSuchBucket</Code></Error>", /there is no bucket states/],
    ["a wrong key", 403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", /the access key is refused/],
    ["missing rights", 403, "<Error><Code>AccessDenied</Code></Error>", /may not list the bucket states/],
    ["another region", 301, "<Error><Code>PermanentRedirect</Code></Error>", /is elsewhere/],
    ["something odd", 418, "short and stout", /does not list the bucket states \(418\)/],
  ])("with %s, in words", async (_, status, body, detail) => {
    const { failed, checks } = await check({ listing: { status, body } });
    expect(failed).toEqual(["access"]);
    expect(checks.get("access")?.detail).toMatch(detail);
    expect(store.requests.some((request) => request.startsWith("PUT"))).toBe(false);
  });

  it("names what it could not remove", async () => {
    const { checks } = await check({ keeps: true });
    expect(checks.get("cleaning up")).toMatchObject({
      result: "warning",
      detail: expect.stringContaining("strata/strata-state-check-"),
    });
  });

  it("never repeats credentials that a store sends back", async () => {
    const echo = `<Error><Code>SignatureDoesNotMatch</Code><Message>AKIATEST secret-of-the-test</Message></Error>`;
    const { detail } = await check({ listing: { status: 403, body: echo } });
    expect(detail("access")).toContain("*** ***");
  });
});

describe("strata state check warns", () => {
  test.each<[string, FakeStoreOptions, string, RegExp]>([
    ["without versions", {}, "versioning", /^off$/],
    ["with suspended versions", { versioning: "Suspended" }, "versioning", /^suspended$/],
    ["when the store does not say", { versioning: "not implemented" }, "versioning", /does not say \(501/],
    ["when encryption is not confirmed", { encryption: "ignored" }, "encryption", /does not say that it did/],
    ["when nothing is encrypted", { encryption: "ignored" }, "default encryption", /^off$/],
    ["when the default is not told", { defaultEncryption: "not implemented" }, "default encryption", /does not say/],
  ])("%s, and still finds it fit", async (_, options, name, detail) => {
    const { code, checks } = await check(options);
    expect(code).toBe(0);
    expect(checks.get(name)).toMatchObject({ result: "warning", detail: expect.stringMatching(detail) });
  });

  it("where the configuration switches the lock off, whatever the store can do", async () => {
    const able = await check({}, { use_lockfile: false });
    expect(able.checks.get("lock")).toMatchObject({ result: "warning", fix: expect.stringContaining("useLockfile") });
    await store.stop();
    const unable = await check({ condition: "ignored" }, { use_lockfile: false });
    expect(unable.code).toBe(0);
    expect(unable.checks.get("lock")).toMatchObject({ result: "warning" });
  });
});

describe("strata state check with a store that fails now and then", () => {
  it("tries again after 503 and after a lost answer, and still knows who won", async () => {
    let lost = 0;
    const { code, fit } = await check({
      fault: (request) => {
        if (!/^PUT .*-(lock|race-1-1)$/.test(request)) return undefined;
        lost++;
        return lost === 1 || lost === 5 ? "lost" : lost === 3 ? 503 : undefined;
      },
    });
    expect(lost).toBeGreaterThan(5);
    expect({ code, fit }).toEqual({ code: 0, fit: true });
    expect(store.left()).toEqual([]);
  });

  it("gives up after three attempts", async () => {
    const { failed, detail } = await check({ fault: () => 503 });
    expect(failed).toEqual(["access"]);
    expect(detail("access")).toContain("503 Busy");
    expect(store.requests).toHaveLength(3);
  });

  it("removes what it wrote when the store stops answering for a while", async () => {
    const { code, detail } = await check({
      fault: (request, count) => (count > 12 && count < 22 && !request.startsWith("DELETE") ? "lost" : undefined),
    });
    expect(code).toBe(1);
    expect(detail("connection")).toContain("the connection broke");
    expect(store.left()).toEqual([]);
  });

  it("removes every version in a bucket that keeps them", async () => {
    await check({ versioning: "Enabled", condition: "ignored" });
    expect(store.left()).toEqual([]);
  });
});

describe("strata state check needs", () => {
  const run = (dir: string, env: Person["env"]) => strata(["state", "check", "--dir", dir], { env });

  test.each<[string, Person["env"], string]>([
    ["an access key", {}, "AWS_SECRET_ACCESS_KEY\n    not set"],
    ["a CA that is there", { ...CREDENTIALS, AWS_CA_BUNDLE: "no-such.pem" }, "cannot be read"],
    ["a CA that is one", { ...CREDENTIALS, AWS_CA_BUNDLE: "package.json" }, "holds no PEM certificate"],
    ["a key of 32 bytes", { ...CREDENTIALS, AWS_SSE_CUSTOMER_KEY: "short" }, "is not 32 bytes in base64"],
  ])("%s", async (_, env, text) => {
    const { code, err } = await run(program("http://127.0.0.1:1"), env);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  it("a store that listens", async () => {
    const { code, out, err } = await run(program("http://127.0.0.1:1"), CREDENTIALS);
    expect(code).toBe(1);
    expect(out).toContain("cannot be reached: connection refused");
    expect(err).toContain("Check the endpoint");
  });

  it("a URL without credentials", async () => {
    const { code, err } = await run(program("http://user:hidden@127.0.0.1:1"), CREDENTIALS);
    expect({ code, told: err.includes("hidden") }).toEqual({ code: 1, told: false });
  });

  it("a synthesized program with a state in S3", async () => {
    const local = writeProgram({ stacks: { "l1-edge-a": [] }, backends: { "l1-edge-a": { local: { path: "x" } } } });
    expect((await run(local, CREDENTIALS)).err).toContain("every state is a local file");
    expect((await run(temporaryFolder(), CREDENTIALS)).err).toContain("manifest.json");
  });
});

describe("strata state check finds the store", () => {
  it("in the environment where the backend names none, as Terraform does", async () => {
    store = await FakeStore.start();
    const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_S3: store.endpoint, AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const dir = program("", { endpoints: {} });
    expect(await strata(["state", "check", "--dir", dir], { env })).toMatchObject({ code: 0 });
  });

  it("in a configuration, before the first synth", async () => {
    store = await FakeStore.start();
    const folder = path.join(temporaryFolder(), "config");
    mkdirSync(path.join(folder, "environments"), { recursive: true });
    const platform = readFileSync(path.join(ROOT, "examples/minimal/platform.yaml"), "utf8");
    const state = `state: {type: s3, bucket: states, region: ams1, endpoint: "${store.endpoint}", prefix: a/b}`;
    writeFileSync(path.join(folder, "platform.yaml"), `${platform}\n${state}\n`);
    const { code, out } = await strata(["state", "check", "--config", folder], { env: CREDENTIALS });
    expect(code).toBe(0);
    expect(out).toContain("keys a/b/*");
    expect(store.requests.some((request) => request.startsWith("PUT /states/a/b/strata-state-check-"))).toBe(true);
  });

  it("once, however many stacks use it, and each of several", async () => {
    store = await FakeStore.start();
    const block = (key: string, bucket: string) => ({
      s3: {
        bucket,
        region: "x",
        key: `strata/${key}.tfstate`,
        endpoints: { s3: store.endpoint },
        use_path_style: true,
      },
    });
    const backends = { a: block("a", "one"), b: block("b", "one"), c: block("c", "two") };
    const dir = writeProgram({ stacks: { a: [], b: [], c: [] }, backends });
    const { out } = await strata(["state", "check", "--dir", dir, "--json"], { env: CREDENTIALS });
    expect(JSON.parse(out).stores).toMatchObject([
      { bucket: "one", stacks: ["a", "b"] },
      { bucket: "two", stacks: ["c"] },
    ]);
  });
});
