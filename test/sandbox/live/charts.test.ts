import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { ChartPin } from "../../../constructs/kubernetes/chart-pin";
import { pinnedCharts, serveCharts } from "../../../sandbox/live/charts";
import { packChart } from "../../../sandbox/live/charts/archive";
import { standIn, writtenStandIns } from "../../../sandbox/live/charts/stand-in";
import { loadExample, synthesize, writeSynthesized } from "../../helpers/examples";

const ROOT = path.resolve(__dirname, "../../..");
const STAND_INS = path.join(ROOT, "sandbox/live/charts/stand-ins");
const folder = mkdtempSync(path.join(tmpdir(), "strata-charts-"));
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let programs = 0;

/** A synthesized program that pins these charts. */
function programOf(...pins: readonly ChartPin[]): string {
  programs += 1;
  const out = path.join(folder, `program-${programs}`);
  const releases = Object.fromEntries(pins.map((pin, index) => [`r${index}`, pin]));
  mkdirSync(path.join(out, "stacks/l2-base-test"), { recursive: true });
  writeFileSync(
    path.join(out, "stacks/l2-base-test/cdk.tf.json"),
    JSON.stringify({ resource: { helm_release: releases } }),
  );
  return out;
}

const VAULT = { chart: "vault", repository: "https://helm.example/", version: "0.34.1" };
const CASDOOR = { chart: "casdoor-helm-charts", repository: "oci://registry.example/casbin", version: "3.158.0+1" };

/** Asks what answers for a host. */
async function ask(listener: RequestListener | undefined, file: string, method = "GET") {
  if (listener === undefined) throw new Error("nobody answers");
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const response = await fetch(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}${file}`, {
    method,
  });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

const index = z.object({
  entries: z.record(
    z.string(),
    z.array(z.object({ version: z.string(), digest: z.string(), urls: z.array(z.string()) })),
  ),
});

const manifest = z.object({
  config: z.object({ digest: z.string(), mediaType: z.string() }),
  layers: z.array(z.object({ digest: z.string(), mediaType: z.string(), size: z.number() })),
});

describe("a chart repository of the sandbox", () => {
  test("has an index with the digest of each archive, below the path of the repository", async () => {
    const other = { chart: "web", repository: "https://helm.example/stable", version: "1.0.0" };
    const { hosts } = await serveCharts({ program: programOf(VAULT, other) });
    const { entries } = index.parse(parse((await ask(hosts["helm.example"], "/index.yaml")).body.toString()));
    expect(Object.keys(entries)).toEqual(["vault"]);
    const [entry] = entries.vault ?? [];
    expect(entry).toMatchObject({ version: "0.34.1", urls: ["vault-0.34.1.tgz"] });
    expect(sha256((await ask(hosts["helm.example"], "/vault-0.34.1.tgz")).body)).toBe(entry?.digest);
    expect((await ask(hosts["helm.example"], "/stable/web-1.0.0.tgz")).status).toBe(200);
  });

  test("counts what it served, and only archives that were sent", async () => {
    const { hosts, table } = await serveCharts({ program: programOf(VAULT) });
    await ask(hosts["helm.example"], "/index.yaml");
    await ask(hosts["helm.example"], "/vault-0.34.1.tgz", "HEAD");
    expect(table()).toEqual([{ ...VAULT, source: "stand-in", served: 0 }]);
    await ask(hosts["helm.example"], "/vault-0.34.1.tgz?x=1");
    expect(table()).toMatchObject([{ served: 1 }]);
  });

  test.each([
    ["GET", "/vault-0.34.2.tgz", 404],
    ["GET", "/%zz", 404],
    ["PUT", "/vault-0.34.1.tgz", 405],
  ])("answers %s %s with %i", async (method, file, status) => {
    const { hosts } = await serveCharts({ program: programOf(VAULT) });
    expect((await ask(hosts["helm.example"], file, method)).status).toBe(status);
  });
});

describe("a registry of the sandbox", () => {
  test("has a manifest by tag and by digest, and the blobs that it names", async () => {
    const { hosts, table } = await serveCharts({ program: programOf(CASDOOR) });
    const listener = hosts["registry.example"];
    expect((await ask(listener, "/v2/")).status).toBe(200);
    const base = "/v2/casbin/casdoor-helm-charts";
    const byTag = await ask(listener, `${base}/manifests/3.158.0_1`);
    expect(byTag.headers.get("content-type")).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(byTag.headers.get("docker-content-digest")).toBe(`sha256:${sha256(byTag.body)}`);
    const byDigest = await ask(listener, `${base}/manifests/sha256:${sha256(byTag.body)}`);
    expect(byDigest.body.equals(byTag.body)).toBe(true);
    const { config, layers } = manifest.parse(JSON.parse(byTag.body.toString()));
    expect(config.mediaType).toBe("application/vnd.cncf.helm.config.v1+json");
    expect(layers).toMatchObject([{ mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" }]);
    for (const { digest } of [config, ...layers]) {
      const blob = await ask(listener, `${base}/blobs/${digest}`);
      expect(`sha256:${sha256(blob.body)}`).toBe(digest);
    }
    const head = await ask(listener, `${base}/blobs/${layers[0]?.digest}`, "HEAD");
    expect({ status: head.status, length: head.headers.get("content-length") }).toEqual({
      status: 200,
      length: String(layers[0]?.size),
    });
    expect(JSON.parse((await ask(listener, `${base}/tags/list`)).body.toString())).toEqual({
      name: "casbin/casdoor-helm-charts",
      tags: ["3.158.0_1"],
    });
    expect(table()).toMatchObject([{ served: 1 }]);
  });

  test("answers under both names of Docker Hub, and beside a repository on the same host", async () => {
    const hub = { ...CASDOOR, repository: "oci://docker.io/casbin" };
    const both = { chart: "web", repository: "https://docker.io/charts", version: "1.0.0" };
    const { hosts } = await serveCharts({ program: programOf(hub, both) });
    expect(Object.keys(hosts).sort()).toEqual(["docker.io", "registry-1.docker.io"]);
    expect((await ask(hosts["docker.io"], "/v2/casbin/casdoor-helm-charts/tags/list")).status).toBe(200);
    expect((await ask(hosts["docker.io"], "/charts/index.yaml")).status).toBe(200);
  });
});

describe("the charts of a mirror", () => {
  async function mirror(checksum?: string) {
    const place = mkdtempSync(path.join(folder, "mirror-"));
    const archive = await packChart("vault", [{ path: "Chart.yaml", text: "name: vault\nversion: 0.34.1\n" }]);
    writeFileSync(path.join(place, "vault-0.34.1.tgz"), archive);
    writeFileSync(path.join(place, "checksums.txt"), `${checksum ?? sha256(archive)}  vault-0.34.1.tgz\n`);
    return { place, archive };
  }

  test("are served as they are; for those that it lacks there are stand-ins, and the table says so", async () => {
    const { place, archive } = await mirror();
    const program = programOf(VAULT, CASDOOR, { ...VAULT, chart: "web" });
    const { hosts, table } = await serveCharts({ program, mirror: place });
    expect((await ask(hosts["helm.example"], "/vault-0.34.1.tgz")).body.equals(archive)).toBe(true);
    expect(table().map(({ chart, source, served }) => [chart, source, served])).toEqual([
      ["casdoor-helm-charts", "stand-in", 0],
      ["vault", "mirror", 1],
      ["web", "generic stand-in", 0],
    ]);
  });

  test.each([
    ["whose checksum is another", "0".repeat(64), "its SHA-256 is not that of checksums.txt"],
    ["without a checksum", "none", "checksums.txt does not name it"],
  ])("are refused %s: no stand-in takes their place", async (_, checksum, problem) => {
    const { place } = await mirror(checksum);
    await expect(serveCharts({ program: programOf(VAULT), mirror: place })).rejects.toThrow(problem);
  });

  test("need the mirror to be there", async () => {
    const serving = serveCharts({ program: programOf(VAULT), mirror: path.join(folder, "nowhere") });
    await expect(serving).rejects.toThrow("npx strata charts pull --to");
  });
});

describe("stand-ins", () => {
  test("are the same bytes every time", async () => {
    const make = async () => sha256((await standIn(VAULT)).archive);
    expect(await make()).toBe(await make());
  });

  test("were written for every chart of the examples", () => {
    for (const example of ["acme", "minimal"] as const) {
      const pins = pinnedCharts(writeSynthesized(synthesize(loadExample(example))));
      expect(pins.length).toBeGreaterThan(6);
      expect(pins.map(({ chart }) => chart).filter((chart) => !writtenStandIns().includes(chart))).toEqual([]);
    }
  });

  const known = z.object({ chart: z.string(), paths: z.array(z.string()) });
  const components = path.join(ROOT, "constructs/components");
  const lists = readdirSync(components)
    .map((name) => path.join(components, name, "values.generated.json"))
    .filter((file) => existsSync(file))
    .map((file) => known.parse(JSON.parse(readFileSync(file, "utf8"))));

  // Otherwise a value would work here, and nowhere else.
  test.each(writtenStandIns())("of %s reads no value that the real chart does not have", (chart) => {
    const paths = lists.find((list) => list.chart === chart)?.paths ?? [];
    const templates = readdirSync(path.join(STAND_INS, chart, "templates")).map((file) =>
      readFileSync(path.join(STAND_INS, chart, "templates", file), "utf8"),
    );
    const read = new Set(
      templates.flatMap((text) => {
        // What a template calls by a name of its own: `$server := .Values.server`.
        const names = [...text.matchAll(/\{\{- \$(\w+) := (\.Values\.[\w.]+) \}\}/g)];
        const spelt = names.reduce((all, [, name, value]) => all.replaceAll(`$${name}.`, `${value}.`), text);
        return [...spelt.matchAll(/\.Values\.([\w.]+)/g)].map((match) => match[1] ?? "");
      }),
    );
    const isKnown = (value: string) => paths.some((one) => one === value || one.startsWith(`${value}.`));
    expect([...read].filter((value) => !isKnown(value))).toEqual([]);
    expect(read.size).toBeGreaterThan(0);
  });
});
