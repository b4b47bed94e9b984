import { X509Certificate } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { EmbeddedClusters } from "../../../../sandbox/clusters/embedded";
import { ensureCredentials } from "../../../../sandbox/clusters/embedded/credentials";
import { ClusterFiles } from "../../../../sandbox/clusters/embedded/files";
import { isWhole, readRecord, writeRecord } from "../../../../sandbox/clusters/embedded/record";
import { Servers } from "../../../../sandbox/live/servers";

// Making keys takes its time on a busy machine.
jest.setTimeout(60_000);

const SERVER = "https://127.0.0.1:24513";
const ID = "d294fcce-0cc8-4587-8430-99d85dd805ae";
const SPEC = { id: ID, label: "platform", region: "ams", version: "v1.34.1+2", digest: "ab".repeat(32) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "strata-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function filesIn(name: string): ClusterFiles {
  mkdirSync(path.join(folder, name), { recursive: true });
  return new ClusterFiles(path.join(folder, name));
}

/** All files below a folder, the oldest first. */
function written(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort((one, other) => Number(statSync(one, { bigint: true }).mtimeNs - statSync(other, { bigint: true }).mtimeNs));
}

/** Makes a folder with the first files of another one, as an interrupted creation leaves it. */
function cutOff(whole: ClusterFiles, count: number, name: string): ClusterFiles {
  const part = filesIn(name);
  for (const file of written(whole.folder).slice(0, count)) cpSync(file, part.at(path.relative(whole.folder, file)));
  return part;
}

describe("the credentials of a cluster", () => {
  test("are signed by its own authority and readable by nobody else", async () => {
    const files = filesIn("one");
    const { certificateAuthority, admin } = await ensureCredentials(files, SERVER);
    const authority = new X509Certificate(certificateAuthority);
    for (const name of ["admin", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]) {
      expect(new X509Certificate(files.read("pki", `${name}.pem`)).verify(authority.publicKey)).toBe(true);
    }
    expect(new X509Certificate(admin.certificate).subject).toContain("O=system:masters");
    expect(new X509Certificate(files.read("pki", "kube-apiserver.pem")).subjectAltName).toContain("127.0.0.1");
    for (const file of written(files.folder)) expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("stay the same when they are asked for again", async () => {
    const files = filesIn("one");
    expect(await ensureCredentials(files, SERVER)).toEqual(await ensureCredentials(files, SERVER));
  });

  test("are in a kubeconfig that leads to the server", async () => {
    const files = filesIn("one");
    const { admin } = await ensureCredentials(files, SERVER);
    const client = Buffer.from(admin.certificate).toString("base64");
    expect(parse(files.read("kubeconfig"))).toMatchObject({
      clusters: [{ cluster: { server: SERVER } }],
      users: [{ user: { "client-certificate-data": client } }],
    });
  });

  test("are made whole from wherever their making was cut off", async () => {
    const whole = filesIn("whole");
    await ensureCredentials(whole, SERVER);
    const count = written(whole.folder).length;
    expect(count).toBeGreaterThan(12);
    for (let kept = 0; kept <= count; kept++) {
      const files = cutOff(whole, kept, `part-${kept}`);
      const { certificateAuthority, admin } = await ensureCredentials(files, SERVER);
      const authority = new X509Certificate(certificateAuthority);
      expect(new X509Certificate(admin.certificate).verify(authority.publicKey)).toBe(true);
      expect(new X509Certificate(files.read("pki", "kwok.pem")).verify(authority.publicKey)).toBe(true);
      expect(written(files.folder)).toHaveLength(count);
    }
  });
});

describe("the record of a cluster", () => {
  test("is read as it was written", () => {
    const files = filesIn("one");
    expect(readRecord(files)).toBeUndefined();
    const record = writeRecord(files, SPEC, 24_513, true);
    expect(record).toEqual({ ...SPEC, port: 24_513, complete: true });
    expect(readRecord(files)).toEqual(record);
  });

  test.each(["", "{", "{}", `{"id":1}`])("that is %j says nothing", (text) => {
    const files = filesIn("one");
    files.write("cluster.json", text);
    expect(readRecord(files)).toBeUndefined();
  });
});

describe("clusters of an earlier run", () => {
  const clusters = (): EmbeddedClusters => new EmbeddedClusters({ folder, servers: new Servers(), tools: new Map() });

  test("are lost wherever their creation was cut off, and nothing of them stays", async () => {
    const whole = filesIn("whole");
    writeRecord(whole, SPEC, 24_513, false);
    await ensureCredentials(whole, SERVER);
    const count = written(whole.folder).length;
    for (let kept = 0; kept <= count; kept++) {
      const files = cutOff(whole, kept, ID);
      expect(isWhole(files)).toBe(false);
      expect(await clusters().resume([ID])).toEqual([ID]);
      expect(existsSync(files.folder)).toBe(false);
    }
  });

  test("are lost when their data is gone", async () => {
    const files = filesIn(ID);
    writeRecord(files, SPEC, 24_513, true);
    await ensureCredentials(files, SERVER);
    expect(await clusters().resume([ID])).toEqual([ID]);
  });

  test("are whole with record, credentials and data", async () => {
    const files = filesIn(ID);
    await ensureCredentials(files, SERVER);
    mkdirSync(files.at("etcd"));
    writeRecord(files, SPEC, 24_513, false);
    expect(isWhole(files)).toBe(false);
    writeRecord(files, SPEC, 24_513, true);
    expect(isWhole(files)).toBe(true);
  });

  test("are removed when nobody names them, and what else is in the folder stays", async () => {
    writeRecord(filesIn(ID), SPEC, 24_513, true);
    writeFileSync(path.join(folder, "notes.txt"), "mine");
    mkdirSync(path.join(folder, "other"));
    expect(await clusters().resume([])).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["notes.txt", "other"]);
    expect(readFileSync(path.join(folder, "notes.txt"), "utf8")).toBe("mine");
  });

  test("that are deleted twice are no mistake", async () => {
    writeRecord(filesIn(ID), SPEC, 24_513, true);
    await clusters().delete(ID);
    await clusters().delete(ID);
    expect(readdirSync(folder)).toEqual([]);
  });
});
