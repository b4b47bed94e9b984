import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { type Finding, Scanner } from "./scan";
import { TooShort } from "./secret";

const ID = "staging/openpanel:postgres_password";
const VALUE = 'p4ss"word+/<&%=\\ of the f1rst äpple';
const URL_SAFE = "k3yOfTwentyFourLetters_-x";
const PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIH1nRz4oV5dQyBq7mTg0bJ3wXcVsPq9eLk2aYtUf8hRW
-----END PRIVATE KEY-----
`;

function find(content: string | Buffer, value = VALUE): readonly Finding[] {
  return new Scanner([{ id: ID, value }]).stream("log", content);
}

function encodings(content: string | Buffer, value = VALUE): readonly string[] {
  return [...new Set(find(content, value).map(({ encoding }) => encoding))];
}

describe("a value is found", () => {
  test("as it is, with its place in bytes and without itself in the finding", () => {
    const findings = find(`ä: ${VALUE}.`);
    expect(findings).toEqual([{ secret: ID, encoding: "plain", place: "log", offset: 4 }]);
    expect(JSON.stringify(findings)).not.toContain("f1rst");
  });

  test.each([
    ["JSON", JSON.stringify({ a: VALUE })],
    ["JSON in JSON", JSON.stringify({ a: JSON.stringify({ b: VALUE }) })],
    ["JSON as Go writes it", JSON.stringify({ a: VALUE }).replaceAll("<", "\\u003c").replaceAll("&", "\\u0026")],
  ])("in %s", (_, content) => {
    expect(encodings(content)).toEqual(["JSON"]);
  });

  test.each([
    ["a part of a URL", `https://x:${encodeURIComponent(VALUE)}@host`],
    ["a field of a form", new URLSearchParams({ password: VALUE }).toString()],
    ["a URL with small digits", encodeURIComponent(VALUE).replace(/%../g, (each) => each.toLowerCase())],
  ])("in %s", (_, content) => {
    expect(encodings(content)).toEqual(["URL"]);
  });

  test.each([0, 1, 2, 3, 4, 5])("in base64 with %d bytes in front and some behind", (before) => {
    const content = Buffer.from(`${"x".repeat(before)}${VALUE} and more`).toString("base64");
    expect(encodings(`data: ${content}`)).toContain("base64");
  });

  test.each([0, 1, 2])("in the base64 of URLs with %d bytes in front", (before) => {
    const content = Buffer.from(`${"x".repeat(before)}${VALUE}??>>`).toString("base64url");
    expect(encodings(content)).toEqual(expect.arrayContaining([expect.stringMatching(/^base64/)]));
  });

  test.each([
    [0, 0],
    [1, 0],
    [2, 2],
    [0, 1],
    [1, 2],
  ])("in base64 of base64 with %d and %d bytes in front", (inside, outside) => {
    const inner = Buffer.from(`${"x".repeat(inside)}${VALUE} and more`).toString("base64");
    const outer = Buffer.from(`${"y".repeat(outside)}${inner}`).toString("base64");
    expect(encodings(outer)).toContain("base64 of base64");
  });

  test("in hex, in both cases", () => {
    const hex = Buffer.from(VALUE).toString("hex");
    expect(encodings(`digest ${hex}`)).toEqual(["hex"]);
    expect(encodings(hex.toUpperCase())).toEqual(["hex"]);
  });

  test("when only its longest run of letters and digits survived an escape that nobody thought of", () => {
    expect(find("\\k3yOfTwentyFourLetters\\5f\\2dx", URL_SAFE)).toHaveLength(1);
  });

  test("when a key in PEM was indented, joined, or written as base64", () => {
    const [, line = ""] = PEM.split("\n");
    expect(encodings(`key: |\n  ${PEM.replaceAll("\n", "\n  ")}`, PEM)).toEqual(["plain"]);
    expect(encodings(line, PEM)).toEqual(["plain"]);
    expect(encodings(Buffer.from(`apiVersion: v1\n${PEM}`).toString("base64"), PEM)).toContain("base64");
  });

  test("at the very end and at the very beginning", () => {
    expect(find(URL_SAFE, URL_SAFE)).toHaveLength(1);
    expect(find(`x${URL_SAFE}`, URL_SAFE)).toMatchObject([{ offset: 1 }]);
  });
});

describe("a near miss is not found", () => {
  const [, line = ""] = PEM.split("\n");
  test.each([
    ["with another last letter", `${VALUE.slice(0, -1)}x`, VALUE],
    ["with another first letter", `x${VALUE.slice(1)}`, VALUE],
    ["in other case", VALUE.toUpperCase(), VALUE],
    ["cut off", VALUE.slice(0, -1), VALUE],
    ["with another letter in its hex", Buffer.from(`q${VALUE.slice(1)}`).toString("hex"), VALUE],
    ["cut off in base64", Buffer.from(VALUE.slice(0, -4)).toString("base64"), VALUE],
    ["the headings of another key", PEM.replace(line, line.replace("8hRW", "8hRX")), PEM],
    ["nothing", "", VALUE],
  ])("%s", (_, content, value) => {
    expect(find(content, value)).toEqual([]);
  });

  test("the public part of a value that is secret as a whole", () => {
    const scanner = new Scanner([{ id: ID, value: "postgres://openpanelapplication:pw@host/db", wholeOnly: true }]);
    expect(scanner.stream("log", "user openpanelapplication")).toEqual([]);
    expect(scanner.stream("log", "postgres://openpanelapplication:pw@host/db")).toHaveLength(1);
  });

  test("a value that is too short to be told from other text is refused, by its name alone", () => {
    expect(() => new Scanner([{ id: ID, value: "short-value" }])).toThrow(TooShort);
    expect(() => new Scanner([{ id: ID, value: "short-value" }])).toThrow(`${ID} has 11 characters`);
  });
});

describe("what is packed is opened", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "strata-canary-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const places = (content: Buffer | string): readonly string[] => find(content).map(({ place }) => place);

  test("gzip, also when it is cut off", () => {
    const whole = gzipSync(`${VALUE}\n${Buffer.from(Array.from({ length: 999 }, (_, i) => i * 7)).toString("base64")}`);
    expect(places(whole)).toEqual(["log!gzip"]);
    expect(places(whole.subarray(0, whole.length - 40))).toEqual(["log!gzip"]);
  });

  test("a chart: files of a tar archive in gzip", async () => {
    const archive = pack();
    archive.entry({ name: "chart/values.yaml" }, `password: ${URL_SAFE}`);
    archive.entry({ name: "chart/empty" }, "");
    archive.finalize();
    const chunks: Uint8Array[] = [];
    for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const found = find(gzipSync(Buffer.concat(chunks)), URL_SAFE);
    expect(found.map(({ place }) => place)).toContain("log!gzip!chart/values.yaml");
  });

  test("a Helm release as its Kubernetes secret holds it, and as the API answers with it", () => {
    const release = gzipSync(JSON.stringify({ config: { password: VALUE } })).toString("base64");
    expect(places(`release: ${release}`)).toEqual(["log!base64 at 9#config.password"]);
    expect(places(JSON.stringify({ data: Buffer.from(release).toString("base64") }))).toEqual([
      "log!base64 at 9!base64 at 0#config.password",
    ]);
  });

  test("a plan file: packed and bare files of a zip archive", () => {
    expect(places(zipOf({ tfplan: VALUE, tfstate: JSON.stringify({ outputs: { key: { value: VALUE } } }) }))).toEqual([
      // What is not packed stands in the archive itself too.
      "log",
      "log!tfplan",
      "log!tfstate#output.key",
    ]);
    writeFileSync(path.join(folder, "a.txt"), VALUE);
    const made = path.join(folder, "made.zip");
    const python =
      "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED).write(sys.argv[2], 'a')";
    execFileSync("python3", ["-c", python, made, path.join(folder, "a.txt")]);
    expect(new Scanner([{ id: ID, value: VALUE }]).folder(folder).map(({ place }) => place)).toEqual([
      "a.txt",
      "made.zip!a",
    ]);
  });

  test("a damaged archive is no reason to fail, and is looked at as it is", () => {
    expect(places(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from(VALUE)]))).toEqual(["log"]);
    expect(places(Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.from(VALUE)]))).toEqual(["log"]);
  });

  test("files of every depth, hidden ones too, names that are values and not told, and the targets of links", () => {
    const deep = path.join(folder, "tree", ".terraform", "deep");
    mkdirSync(deep, { recursive: true });
    writeFileSync(path.join(deep, "modules.json"), URL_SAFE);
    writeFileSync(path.join(deep, `${URL_SAFE}.txt`), "");
    symlinkSync(URL_SAFE, path.join(deep, "link"));
    const found = new Scanner([{ id: ID, value: URL_SAFE }]).folder(path.join(folder, "tree"), "out");
    expect(found.map(({ place }) => place)).toEqual([
      `out/.terraform/deep/${"*".repeat(URL_SAFE.length)}.txt (its name)`,
      "out/.terraform/deep/link",
      "out/.terraform/deep/modules.json",
    ]);
  });
});

describe("Terraform's JSON tells the address", () => {
  const state = {
    version: 4,
    outputs: { client_key: { value: VALUE, type: "string" } },
    resources: [
      { mode: "managed", type: "helm_release", name: "traefik", instances: [{ attributes: { values: ["x"] } }] },
      { mode: "managed", type: "helm_release", name: "vault", instances: [{ attributes: { values: ["x", VALUE] } }] },
      {
        mode: "data",
        type: "terraform_remote_state",
        name: "cluster",
        instances: [{ attributes: { outputs: { value: { address: "x", client_key: VALUE } } } }],
      },
    ],
  };

  test.each([
    ["as Terraform writes it", JSON.stringify(state, undefined, 2)],
    ["in one line", JSON.stringify(state)],
  ])("in a state %s", (_, content) => {
    expect(find(content).map(({ place }) => place)).toEqual([
      "log#output.client_key",
      "log#helm_release.vault",
      "log#data.terraform_remote_state.cluster",
    ]);
  });

  test("in what terraform show -json prints, and in a synthesized stack", () => {
    const shown = {
      prior_state: { values: { root_module: { resources: [{ address: "data.a.b", values: { c: VALUE } }] } } },
      resource_changes: [{ address: "helm_release.x", change: { after: { values: [VALUE] } } }],
      output_changes: { key: { after: VALUE } },
    };
    const stack = { resource: { helm_release: { x: { values: [VALUE] } } }, output: { key: { value: VALUE } } };
    expect(find(JSON.stringify(shown)).map(({ place }) => place)).toEqual([
      "log#data.a.b",
      "log#helm_release.x",
      "log#output.key",
    ]);
    expect(find(JSON.stringify(stack)).map(({ place }) => place)).toEqual([
      "log#resource.helm_release.x",
      "log#output.key",
    ]);
  });
});

/** A zip archive whose first file is packed and whose others are not. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [index, [name, text]] of Object.entries(files).entries()) {
    const [content, label] = [index === 0 ? deflateRawSync(text) : Buffer.from(text), Buffer.from(name)];
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(label.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(index === 0 ? 8 : 0, 10);
    entry.writeUInt32LE(content.length, 20);
    entry.writeUInt16LE(label.length, 28);
    entry.writeUInt32LE(at, 42);
    local.push(head, label, content);
    directory.push(entry, label);
    at += head.length + label.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, ...directory, end]);
}
