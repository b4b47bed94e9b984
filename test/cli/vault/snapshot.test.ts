import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type RestoreOptions, vaultRestore } from "../../../cli/vault/raft/restore";
import { TOKEN } from "../support/fake-vault";
import { fakeSession, strata, temporaryFolder } from "../support/session";
import { SnapshotServer, type SnapshotServerOptions, snapshot } from "./snapshot-server";

let content: Buffer;
let vault: SnapshotServer;
const stopped: SnapshotServer[] = [];

async function start(options: Partial<SnapshotServerOptions> = {}): Promise<SnapshotServer> {
  vault = await SnapshotServer.start({ content, ...options });
  stopped.push(vault);
  return vault;
}

beforeAll(async () => {
  content = await snapshot();
});

afterEach(async () => {
  for (const server of stopped.splice(0)) await server.stop();
});

const env = (more: Readonly<Record<string, string>> = {}) => ({
  VAULT_ADDR: vault.address,
  VAULT_TOKEN: TOKEN,
  VAULT_CLIENT_TIMEOUT: "2",
  ...more,
});

describe("strata vault snapshot", () => {
  async function take(args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) {
    const cwd = temporaryFolder();
    const outcome = await strata(["vault", "snapshot", ...args], { cwd, env: env(more) });
    expect(outcome.out + outcome.err).not.toContain(TOKEN);
    return { ...outcome, cwd, files: readdirSync(cwd) };
  }

  it("writes a new file that only its owner can read, and prints its checksum", async () => {
    await start();
    const { code, out, err, cwd, files } = await take(["--out", "vault.snap"]);
    expect(code).toBe(0);
    expect(files).toEqual(["vault.snap"]);
    const file = path.join(cwd, "vault.snap");
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(out).toBe(`${createHash("sha256").update(content).digest("hex")}  ${file}`);
    expect(err).toContain(`${content.length} bytes, Raft index 49`);
    expect(err).toContain("opens with the unseal keys that Vault has now");
  });

  it("names the file after the time when it is not told how", async () => {
    await start();
    expect((await take()).files).toEqual([expect.stringMatching(/^vault-\d{8}T\d{6}Z\.snap$/)]);
  });

  it("prints JSON", async () => {
    await start();
    const { out, cwd } = await take(["--out", "vault.snap", "--json"]);
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      address: vault.address,
      file: path.join(cwd, "vault.snap"),
      index: 49,
      made: "2026-11-21T13:29:58.000Z",
      sha256: createHash("sha256").update(content).digest("hex"),
      bytes: content.length,
      problems: [],
    });
  });

  it("replaces no file, and asks Vault for nothing then", async () => {
    await start();
    const file = path.join(temporaryFolder(), "there.snap");
    writeFileSync(file, "mine");
    const { code, err } = await take(["--out", file]);
    expect(code).toBe(1);
    expect(err).toContain("exists already. Name a new file with --out");
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(vault.requests).toEqual(["GET /v1/sys/seal-status"]);
  });

  it("is sent on to the leader by another server", async () => {
    const leader = await start();
    await start({ leader: () => leader.address });
    const { code, files } = await take(["--out", "vault.snap"]);
    expect({ code, files }).toEqual({ code: 0, files: ["vault.snap"] });
    expect(leader.requests).toEqual(["GET /v1/sys/storage/raft/snapshot"]);
  });

  it("says how the leader is reached when it cannot be reached from here", async () => {
    await start({ leader: () => "http://127.0.0.1:1" });
    const { code, err, files } = await take();
    expect({ code, files }).toEqual({ code: 1, files: [] });
    expect(err).toContain("it is not the leader, and the leader http://127.0.0.1:1 is no help");
    expect(err).toContain("port-forward svc/vault-active");
  });

  it("does not follow to where the token would be lost", async () => {
    await start({ leader: () => "ftp://127.0.0.1:1" });
    expect((await take()).err).toContain("it sends on to an address that cannot be used");
  });

  test.each([
    ["breaks off", { breaksOff: true }, {}, "it broke off in the middle of the snapshot"],
    ["is sealed", { sealed: true }, {}, "it is sealed. Run `strata vault unseal`"],
    ["does not take the token", {}, { VAULT_TOKEN: "expired" }, "the token may not take a snapshot"],
    ["is away", {}, { VAULT_ADDR: "http://127.0.0.1:1" }, "cannot be reached: connection refused"],
  ])("leaves nothing behind when Vault %s", async (_, options, more, text) => {
    await start(options);
    const { code, err, files } = await take([], more);
    expect({ code, files }).toEqual({ code: 1, files: [] });
    expect(err).toContain(text);
  });

  test.each([
    ["is cut off", async () => (await snapshot()).subarray(0, -20), "is damaged, or no snapshot"],
    ["is no archive", async () => Buffer.from("<html>"), "is damaged, or no snapshot"],
    ["lacks its checksums", () => snapshot({ sums: undefined }), "is no whole snapshot: SHA256SUMS is missing"],
    ["lacks Vault's seal", () => snapshot({ sealed: undefined }), "SHA256SUMS.sealed is missing"],
    ["is not what its checksums say", () => snapshot({ sums: "" }), "meta.json is not what its checksum says"],
    ["is not Vault's", () => snapshot({ meta: "{}" }), "meta.json is not what Vault writes"],
  ])("keeps no file that %s", async (_, make, text) => {
    await start({ content: await make() });
    const { code, err, files } = await take();
    expect({ code, files }).toEqual({ code: 1, files: [] });
    expect(err).toContain(text);
  });

  it("says so when the folder is not there", async () => {
    await start();
    const { code, err } = await take(["--out", "no/such/folder/vault.snap"]);
    expect(code).toBe(1);
    expect(err).toContain("cannot be written (ENOENT)");
  });
});

describe("strata vault restore", () => {
  interface Run extends RestoreOptions {
    /** What is typed at the question; with it the terminal is interactive. */
    readonly typed?: string;
    readonly file?: string;
  }

  function snapshotFile(text: Buffer = content): string {
    const file = path.join(temporaryFolder(), "vault.snap");
    writeFileSync(file, text);
    return file;
  }

  async function restore({ typed, file = snapshotFile(), ...options }: Run = {}) {
    const { session, lines } = fakeSession({ env: env(), answers: typed === undefined ? undefined : [] });
    const questions: string[] = [];
    const code = await vaultRestore(session, file, options, async (message) => {
      questions.push(message);
      return typed ?? "";
    });
    return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), questions };
  }

  it("sends the snapshot once the name of the cluster was typed", async () => {
    await start();
    const { code, out, err, questions } = await restore({ typed: "vault-cluster-1a2b" });
    expect(code).toBe(0);
    expect(vault.restored?.equals(content)).toBe(true);
    expect(questions).toEqual(["Type the name of the Vault cluster (vault-cluster-1a2b) to go on"]);
    expect(err).toContain("what was\nwritten since is gone");
    expect(out).toContain("holds the snapshot of 2026-11-21T13:29:58.000Z now (Raft index 49)");
    expect(err).not.toContain("vault unseal");
  });

  test.each([
    ["another name is typed", { typed: "prod" }, "its name was not typed"],
    ["nobody is there", {}, "nobody confirms it. Add --yes vault-cluster-1a2b"],
    ["another cluster was named", { yes: "vault-cluster-9" }, "names another Vault cluster"],
  ])("sends nothing when %s", async (_, run, text) => {
    await start();
    await expect(restore(run)).rejects.toThrow(text);
    expect(vault.restored).toBeUndefined();
  });

  it("is refused for a snapshot with other unseal keys, which takes --force", async () => {
    await start({ otherKeys: true });
    await expect(restore({ yes: "vault-cluster-1a2b" })).rejects.toThrow(
      "the snapshot was made with other unseal keys than it has. If that is right, add --force",
    );
    expect(vault.restored).toBeUndefined();
    const { code, err } = await restore({ yes: "vault-cluster-1a2b", force: true });
    expect(code).toBe(0);
    expect(vault.requests).toContain("POST /v1/sys/storage/raft/snapshot-force");
    expect(err).toContain("strata vault unseal, on every replica, with the unseal keys of the snapshot");
  });

  it("is sent on to the leader by another server", async () => {
    const leader = await start();
    await start({ leader: () => leader.address });
    expect((await restore({ yes: "vault-cluster-1a2b" })).code).toBe(0);
    expect(leader.restored?.equals(content)).toBe(true);
  });

  it("sends nothing with a token that may not do it, and says so", async () => {
    await start();
    const words = ["vault", "restore", snapshotFile(), "--yes", "vault-cluster-1a2b"];
    const { code, err } = await strata(words, { env: { ...env(), VAULT_TOKEN: "expired" } });
    expect(code).toBe(1);
    expect(err).toContain("the token may not restore the snapshot");
    expect(vault.restored).toBeUndefined();
  });

  it("says that it is not known when the answer was lost", async () => {
    await start({ breaksOff: true });
    await expect(restore({ yes: "vault-cluster-1a2b" })).rejects.toThrow("whether it took the snapshot is not known");
  });

  test.each([
    ["is not there", () => "/no/such/file.snap", "is not there. Name the file of a snapshot"],
    ["is a folder", () => temporaryFolder(), "cannot be read (EISDIR)"],
    ["is damaged", () => snapshotFile(content.subarray(0, -20)), "is damaged, or no snapshot"],
  ])("asks nothing of Vault when the file %s", async (_, file, text) => {
    await start();
    await expect(restore({ file: file(), yes: "vault-cluster-1a2b" })).rejects.toThrow(text);
    expect(vault.requests).toEqual([]);
  });

  it("prints JSON, with what is to be done on stderr", async () => {
    await start();
    const words = ["vault", "restore", snapshotFile(), "--yes", "vault-cluster-1a2b", "--json"];
    const { code, out, err } = await strata(words, { env: env() });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, index: 49, sealed: false, problems: [] });
    expect(err).toContain("tokens are those of the snapshot");
  });
});
