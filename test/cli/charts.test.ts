import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import path from "node:path";
import { run } from "../../cli";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { serveCharts } from "../../sandbox/live/charts";
import { BASE } from "../schema/config";
import { chartArchive, internet, programOf } from "./support/charts";
import { fakeSession, strata, temporaryFolder } from "./support/session";

const HTTP = { chart: "web", repository: "https://charts.example/stable", version: "1.2.3" };
const OCI = { chart: "idp", repository: "oci://registry.example/team", version: "v2.0.0+build.1" };

const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

/** Pulls charts through a network of the test's own. */
async function pull(
  pins: readonly ChartPin[],
  hosts: Readonly<Record<string, RequestListener>>,
  { to = path.join(temporaryFolder(), "mirror"), more = [] as readonly string[] } = {},
) {
  const proxy = await internet(hosts);
  const outcome = await strata(["charts", "pull", "--dir", programOf(pins), "--to", to, ...more], {
    env: proxy.environment,
  });
  const files = existsSync(to) ? readdirSync(to).sort() : [];
  return { ...outcome, to, files, requests: proxy.requests().map(({ host, path }) => `${host}${path}`) };
}

/** Serves a chart repository with one chart in it; what is not named is as it should be. */
function repository(given: { archive: Buffer; digest?: string; version?: string; urls?: readonly string[] }) {
  const { archive, digest = sha256(archive), version = HTTP.version, urls = ["web.tgz"] } = given;
  const entry = { name: "web", version, urls, ...(digest !== "" && { digest }) };
  const listener: RequestListener = (request, response) => {
    if (request.url === "/stable/index.yaml") {
      response.end(JSON.stringify({ apiVersion: "v1", entries: { web: [entry, { ...entry, version: "0.9.0" }] } }));
    } else if (request.url === "/stable/web.tgz") response.end(archive);
    else response.writeHead(404).end();
  };
  return { "charts.example": listener };
}

describe("strata charts pull", () => {
  it("fetches charts of repositories and registries, with a file of checksums that sha256sum takes", async () => {
    const { hosts } = await serveCharts({ program: programOf([HTTP, OCI]) });
    const { code, err, out, to, files } = await pull([HTTP, OCI, HTTP], hosts);
    expect({ code, err }).toEqual({ code: 0, err: "idp v2.0.0+build.1: downloaded\nweb 1.2.3: downloaded" });
    expect(out).toBe(`2 charts in ${to}: 2 downloaded, 0 there already, 0 failed.`);
    expect(files).toEqual(["checksums.txt", "idp-v2.0.0+build.1.tgz", "web-1.2.3.tgz"]);
    const checked = execFileSync("sha256sum", ["--check", "--strict", "checksums.txt"], { cwd: to, encoding: "utf8" });
    expect(checked).toBe("idp-v2.0.0+build.1.tgz: OK\nweb-1.2.3.tgz: OK\n");
  });

  it("leaves alone what is there with its checksum, and adds to the checksums of others", async () => {
    const { hosts } = await serveCharts({ program: programOf([HTTP, OCI]) });
    const { to } = await pull([HTTP], hosts);
    const again = await pull([HTTP, OCI], hosts, { to });
    expect(again.err).toContain("web 1.2.3: there already");
    expect(again.requests.filter((request) => request.startsWith("charts.example"))).toEqual([]);
    expect(readFileSync(path.join(to, "checksums.txt"), "utf8").split("\n")).toHaveLength(3);
  });

  it.each(["damaged", "of unknown origin"])("fetches an archive again that is %s", async (what) => {
    const { hosts } = await serveCharts({ program: programOf([HTTP]) });
    const { to } = await pull([HTTP], hosts);
    const [archive, checksums] = [path.join(to, "web-1.2.3.tgz"), path.join(to, "checksums.txt")];
    const good = readFileSync(archive);
    writeFileSync(what === "damaged" ? archive : checksums, "other bytes");
    expect(await pull([HTTP], hosts, { to })).toMatchObject({ code: 0, err: "web 1.2.3: downloaded" });
    expect(readFileSync(archive).equals(good)).toBe(true);
    expect(readFileSync(checksums, "utf8")).toBe(`${sha256(good)}  web-1.2.3.tgz\n`);
  });

  it("prints the result as JSON and nothing else", async () => {
    const archive = await chartArchive("web", "1.2.3");
    const { out, err, to } = await pull([HTTP], repository({ archive }), { more: ["--json"] });
    expect(err).toBe("");
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      mirror: to,
      charts: [{ ...HTTP, file: "web-1.2.3.tgz", outcome: "downloaded", sha256: sha256(archive), vouched: true }],
      problems: [],
    });
  });

  it("reports all charts that fail at once, and fetches the others", async () => {
    const archive = await chartArchive("web", "1.2.3");
    const lost = { ...HTTP, chart: "lost" };
    const gone = { ...OCI, repository: "oci://gone.example/x" };
    const { code, err, out, files } = await pull([HTTP, lost, gone], repository({ archive }), { more: ["--json"] });
    expect(code).toBe(1);
    expect(files).toEqual(["checksums.txt", "web-1.2.3.tgz"]);
    expect(JSON.parse(out).problems).toMatchObject([
      { where: "idp v2.0.0+build.1", problem: expect.stringContaining("answered 502 for gone.example:443") },
      { where: "lost 1.2.3", problem: expect.stringContaining("has no chart of this name") },
    ]);
    expect(err).toContain("lost 1.2.3: https://charts.example/stable/ has no chart of this name");
  });

  it("says when a repository gives no digest to check", async () => {
    const archive = await chartArchive("web", "1.2.3");
    const { code, err } = await pull([HTTP], repository({ archive, digest: "" }));
    expect({ code, err }).toEqual({ code: 0, err: "web 1.2.3: downloaded (its repository says no digest)" });
  });

  it("takes a version that its repository writes without the v", async () => {
    const archive = await chartArchive("web", "1.2.3");
    const { code, files } = await pull([{ ...HTTP, version: "v1.2.3" }], repository({ archive }));
    expect({ code, files }).toEqual({ code: 0, files: ["checksums.txt", "web-v1.2.3.tgz"] });
  });

  describe("refuses", () => {
    test.each([
      [
        "an archive with another digest than the index says",
        async () => repository({ archive: await chartArchive("web", "1.2.3"), digest: "0".repeat(64) }),
        "https://charts.example/stable/web.tgz has another SHA-256 than the index says",
      ],
      [
        "an archive of another chart",
        async () => repository({ archive: await chartArchive("wep", "1.2.3") }),
        "the archive is the chart wep 1.2.3",
      ],
      [
        "an archive of another version",
        async () => repository({ archive: await chartArchive("web", "1.2.4") }),
        "the archive is the chart web 1.2.4",
      ],
      ["an archive that is none", async () => repository({ archive: Buffer.from("<html>") }), "the archive is damaged"],
      [
        "a version that is not in the index, with those that are",
        async () => repository({ archive: Buffer.from(""), version: "2.0.0" }),
        "has no version 1.2.3 (from https://charts.example/stable). It has 2.0.0, 0.9.0: pin one of them.",
      ],
      [
        "an archive that the index puts nowhere",
        async () => repository({ archive: Buffer.from(""), urls: [] }),
        "the index of https://charts.example/stable/ names no address of it",
      ],
      [
        "an address without TLS",
        async () => repository({ archive: Buffer.from(""), urls: ["http://charts.example/web.tgz"] }),
        "http://charts.example/web.tgz is not an https address",
      ],
      [
        "a repository that is none",
        async () => ({ "charts.example": ((_, response) => response.end("<html>")) as RequestListener }),
        "https://charts.example/stable/index.yaml is not the index of a chart repository",
      ],
    ])("%s", async (_, hosts, problem) => {
      const { code, err, files } = await pull([HTTP], await hosts());
      expect(code).toBe(1);
      expect(err).toContain(problem);
      expect(files).toEqual([]);
    });

    it("a version that has changed since it was pulled", async () => {
      const { to } = await pull([HTTP], repository({ archive: await chartArchive("web", "1.2.3") }));
      execFileSync("rm", [path.join(to, "web-1.2.3.tgz")]);
      const changed = repository({ archive: await chartArchive("web", "1.2.3", "changed") });
      const { code, err, files } = await pull([HTTP], changed, { to });
      expect(code).toBe(1);
      expect(err).toContain("another archive than the one whose SHA-256 stands in checksums.txt");
      expect(files).toEqual(["checksums.txt"]);
    });

    it("two repositories of one chart and version, which would be one file", async () => {
      const other = { ...HTTP, repository: "https://other.example" };
      const { code, err } = await pull([HTTP, other], {});
      expect(code).toBe(1);
      expect(err).toContain("the same chart comes from https://other.example too");
    });

    it.each([
      [{ ...HTTP, chart: "../../etc/x" }, "can't stand in the name of a file"],
      [{ ...HTTP, version: "1/../../2" }, "can't stand in the name of a file"],
      [{ ...HTTP, repository: "http://charts.example" }, "neither https:// nor oci://"],
    ])("the pin %j", async (pin, problem) => {
      const { code, err, requests } = await pull([pin], {});
      expect({ code, requests }).toEqual({ code: 1, requests: [] });
      expect(err).toContain(problem);
    });

    it("a folder that can't be written", async () => {
      const file = path.join(temporaryFolder(), "file");
      writeFileSync(file, "");
      const archive = await chartArchive("web", "1.2.3");
      const proxy = await internet(repository({ archive }));
      const args = ["charts", "pull", "--dir", programOf([HTTP]), "--to", path.join(file, "mirror")];
      const { code, err } = await strata(args, { env: proxy.environment });
      expect(code).toBe(1);
      expect(err).toContain("can't be written (ENOTDIR). Check its permissions and the space on its disk.");
    });

    it("a program whose charts come from a mirror already", async () => {
      const pins = [{ chart: "../../charts/mirror/web-1.2.3.tgz", repository: "", version: "1.2.3" }];
      const { code, err } = await pull(pins, {});
      expect(code).toBe(1);
      expect(err).toContain("Leave --dir out");
    });
  });
});

describe("the charts of a configuration", () => {
  /** A checkout whose synth writes a program with one chart, and what it was told. */
  function checkout(exitCode = 0) {
    const root = temporaryFolder();
    mkdirSync(path.join(root, "tools"));
    const script = `
      import { cpSync, writeFileSync } from "node:fs";
      const { STRATA_CONFIG, STRATA_CHARTS, STRATA_ONLY, CDKTF_OUTDIR } = process.env;
      writeFileSync("seen.json", JSON.stringify({ STRATA_CONFIG, STRATA_CHARTS, STRATA_ONLY }));
      console.error("what synth says");
      if (${exitCode} === 0) cpSync(${JSON.stringify(programOf([HTTP]))}, CDKTF_OUTDIR, { recursive: true });
      process.exit(${exitCode});`;
    writeFileSync(path.join(root, "tools", "synth.mjs"), script);
    return root;
  }

  async function list(root: string, config: string, env: Readonly<Record<string, string>> = {}) {
    const { session, lines } = fakeSession({ env });
    const code = await run(["charts", "list", "--config", config], { ...session, root });
    return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
  }

  /** The configuration that the tests of the schema vary, with or without a mirror. */
  function configuration(mirror: boolean): string {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "environments"));
    for (const [file, text] of Object.entries(BASE)) writeFileSync(path.join(folder, file), text);
    if (mirror) appendFileSync(path.join(folder, "platform.yaml"), "charts: {mirror: ./charts-mirror}\n");
    return folder;
  }

  it("are found by synthesizing all of it with the charts' repositories, and its mirror is the one that counts", async () => {
    const [root, config] = [checkout(), configuration(true)];
    expect(await list(root, config, { STRATA_ONLY: "*-prod" })).toEqual({
      code: 2,
      out: "Chart  Version  Repository                     Mirror\nweb    1.2.3    https://charts.example/stable  missing",
      err: "",
    });
    expect(JSON.parse(readFileSync(path.join(root, "seen.json"), "utf8"))).toEqual({
      STRATA_CONFIG: config,
      STRATA_CHARTS: "repositories",
    });
  });

  it("are not known while it can't be synthesized", async () => {
    const { code, err } = await list(checkout(1), configuration(true));
    expect(code).toBe(1);
    expect(err).toContain("what synth says");
    expect(err).toContain("can't be synthesized, so its charts are not known");
  });

  it("need a mirror that somebody names", async () => {
    const { code, err } = await list(checkout(), configuration(false));
    expect(code).toBe(1);
    expect(err).toContain("no folder for the charts. Give --to, or name one in");
  });

  it("are listed with what the mirror has of them", async () => {
    const { hosts } = await serveCharts({ program: programOf([HTTP]) });
    const { to } = await pull([HTTP], hosts);
    const states = async () => {
      const { code, out } = await strata(["charts", "list", "--dir", programOf([HTTP]), "--to", to, "--json"]);
      return { code, state: JSON.parse(out).charts[0].state };
    };
    expect(await states()).toEqual({ code: 0, state: "present" });
    writeFileSync(path.join(to, "web-1.2.3.tgz"), "");
    expect(await states()).toEqual({ code: 2, state: "damaged" });
    writeFileSync(path.join(to, "checksums.txt"), "");
    expect(await states()).toEqual({ code: 2, state: "no checksum" });
  });
});
