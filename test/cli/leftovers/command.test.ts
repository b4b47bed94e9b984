import type { ClusterAccess } from "../../../cli/kubernetes/cluster-access";
import { type LeftoversOptions, leftovers } from "../../../cli/leftovers/command";
import { confirmRelease } from "../../../cli/leftovers/confirm";
import { StrataError } from "../../../constructs/core/errors";
import { writeProgram } from "../support/program";
import { fakeSession, strata } from "../support/session";
import { FakeCluster, NAMESPACES, object, SERVICES, SINCE, VOLUMES, volume } from "./fake-cluster";

const CONTRACT = ["host", "cluster_ca_certificate", "client_certificate", "client_key"];
const stacks = { "l1-cluster-platform": [], "l1-cluster-prod": [], "l1-edge-a": [] };

interface Run extends Partial<LeftoversOptions> {
  /** Clusters by name; `undefined` for one that was never deployed. */
  readonly clusters: Readonly<Record<string, FakeCluster | undefined>>;
  /** What is typed at questions; with it the terminal is interactive. */
  readonly typed?: string;
}

async function run({ clusters, typed, ...options }: Run) {
  const { session, lines } = fakeSession({ answers: typed === undefined ? undefined : [] });
  const all = { dir: writeProgram({ stacks }), cluster: [], yes: [], ...options };
  const questions: string[] = [];
  const code = await leftovers(session, all, {
    outputs: async (stack) => {
      const name = stack.replace("l1-cluster-", "");
      if (!(name in clusters)) throw StrataError.of({ where: stack, problem: "not part of this synth", fix: "" });
      return new Map(clusters[name] === undefined ? [] : CONTRACT.map((output) => [output, name]));
    },
    transport: ({ host }: ClusterAccess) => {
      const cluster = clusters[host.replace("https://", "")];
      if (cluster === undefined) throw new Error(`nobody should ask ${host}`);
      return cluster.transport;
    },
    confirm: confirmRelease(session, all, async (message) => {
      questions.push(message);
      return typed ?? "";
    }),
  });
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), questions };
}

const billed = () =>
  new FakeCluster({
    [SERVICES]: [
      {
        metadata: { namespace: "traefik", name: "edge" },
        spec: { type: "LoadBalancer" },
        status: { loadBalancer: { ingress: [{ ip: "203.0.113.7" }] } },
      },
    ],
    [VOLUMES]: [volume("pvc-kept"), volume("pvc-used", {}, "Bound")],
    [NAMESPACES]: [object("data-prod", { deletionTimestamp: SINCE })],
  });

describe("strata leftovers", () => {
  it("ends with 0 when nothing is left", async () => {
    const { code, out, err } = await run({ clusters: { platform: new FakeCluster(), prod: undefined } });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe("prod: not deployed.\nNothing is left.");
  });

  it("ends with 2 and tells what is left, where, and what to do", async () => {
    const clusters = { platform: new FakeCluster(), prod: billed() };
    const { code, out, err } = await run({ clusters });
    expect(code).toBe(2);
    expect(out.split("\n").filter((line) => line.startsWith("prod "))).toHaveLength(4);
    for (const text of ["traefik/edge", "203.0.113.7", "pvc-kept", "Released,", "pvc-used", "Terminating since"]) {
      expect(out).toContain(text);
    }
    expect(err).toContain("--release-volumes");
    expect(clusters.prod.requests.some((request) => !request.startsWith("GET"))).toBe(false);
  });

  it("looks at the named clusters only", async () => {
    const { code, out } = await run({
      clusters: { platform: new FakeCluster(), prod: billed() },
      cluster: ["platform"],
    });
    expect({ code, out }).toEqual({ code: 0, out: "Nothing is left." });
  });

  it("ends with 1 when a cluster cannot be looked at, and tells about the others", async () => {
    const broken = new FakeCluster();
    broken.intercept = () => ({ status: 403, body: { message: "forbidden" } });
    const { code, out, err } = await run({ clusters: { platform: broken, prod: billed() } });
    expect(code).toBe(1);
    expect(out).toContain("pvc-kept");
    expect(err).toContain("forbidden");
  });

  it("says the same as JSON", async () => {
    const { code, out } = await run({ clusters: { platform: billed(), prod: undefined }, json: true });
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      problems: [],
      clusters: [
        { cluster: "platform", deployed: true, left: { volumes: [{ name: "pvc-kept" }, { name: "pvc-used" }] } },
        { cluster: "prod", deployed: false, released: [] },
      ],
    });
    expect(out).not.toContain("client_key");
  });

  it("needs a synthesized program", async () => {
    const { code, err } = await strata(["leftovers", "--dir", "no-such-folder"]);
    expect(code).toBe(1);
    expect(err).toContain("manifest.json");
  });
});

describe("strata leftovers --release-volumes", () => {
  it("releases what nobody claims once the name of the cluster was typed", async () => {
    const clusters = { platform: new FakeCluster(), prod: billed() };
    const { code, out, err, questions } = await run({ clusters, releaseVolumes: true, typed: "prod" });
    expect(code).toBe(2);
    expect(questions).toEqual([expect.stringContaining("(prod)")]);
    expect(err).toContain("pvc-kept: 10Gi");
    expect(out).toContain("prod: pvc-kept is released");
    expect([clusters.prod.policy("pvc-kept"), clusters.prod.policy("pvc-used")]).toEqual(["Delete", "Retain"]);
  });

  it.each(["", "yes", "platform"])("releases nothing when %p is typed instead", async (typed) => {
    const clusters = { platform: new FakeCluster(), prod: billed() };
    const { code, err } = await run({ clusters, releaseVolumes: true, typed });
    expect(code).toBe(1);
    expect(err).toContain("its name was not typed. Nothing was changed.");
    expect(clusters.prod.policy("pvc-kept")).toBe("Retain");
  });

  it("releases nothing when there is nobody to ask, unless the cluster was named", async () => {
    const clusters = { platform: billed(), prod: billed() };
    const { code, err } = await run({ clusters, releaseVolumes: true, yes: ["prod"] });
    expect(code).toBe(1);
    expect(err).toContain("Add --yes platform");
    expect([clusters.platform.policy("pvc-kept"), clusters.prod.policy("pvc-kept")]).toEqual(["Retain", "Delete"]);
  });

  it("asks nothing where there is nothing to release", async () => {
    const { code, questions } = await run({
      clusters: { platform: new FakeCluster(), prod: undefined },
      releaseVolumes: true,
      typed: "",
    });
    expect({ code, questions }).toEqual({ code: 0, questions: [] });
  });

  it.each([
    ["one that is in use", ["pvc-kept", "pvc-used"], "it is in use by the claim data-prod/main-1"],
    ["one that is not there", ["pvc-kept", "pvc-lost"], "there is no such volume"],
  ])("refuses %s, and releases none of the others", async (_, names, message) => {
    const clusters = { platform: new FakeCluster(), prod: billed() };
    await expect(run({ clusters, releaseVolumes: names, yes: ["prod"] })).rejects.toThrow(message);
    expect(clusters.prod.policy("pvc-kept")).toBe("Retain");
  });

  it("releases those that are named", async () => {
    const prod = new FakeCluster({ [VOLUMES]: [volume("one"), volume("two")] });
    await run({ clusters: { platform: undefined, prod }, releaseVolumes: ["two"], yes: ["prod"] });
    expect([prod.policy("one"), prod.policy("two")]).toEqual(["Retain", "Delete"]);
  });

  it("releases nothing when one of the clusters could not be looked at", async () => {
    const prod = billed();
    const { code } = await run({ clusters: { prod }, releaseVolumes: true, yes: ["prod", "platform"] });
    expect(code).toBe(1);
    expect(prod.policy("pvc-kept")).toBe("Retain");
  });
});
