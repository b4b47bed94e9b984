import { rmSync } from "node:fs";
import path from "node:path";
import { type KillCase, nameOf, sampleOf } from "../../sandbox/kill/cases";
import { failures, type KillReport } from "../../sandbox/kill/report";
import type { CaseResult } from "../../sandbox/kill/run-case";
import { type KillOptions, runKills } from "../../sandbox/kill/runner";
import { repositoryRoot } from "../../sandbox/root";
import { sandboxPaths } from "../../sandbox/run/paths";
import { findTerraform } from "../../sandbox/run/terraform-binary";
import { describeWithTerraform } from "../sandbox/support";

jest.setTimeout(300_000);

// Not the folder that `npm run kill` uses.
const folder = path.join(repositoryRoot(), ".cache", "kill-test");

/** What hurts most when Terraform never hears of it: type, and which of its objects where that matters. */
const NASTY: readonly (readonly [type: string, subject?: string])[] = [
  ["vultr_vpc"],
  ["vultr_kubernetes"],
  ["vultr_kubernetes_node_pools", "general-public"],
  ["kubernetes_namespace_v1", "vault"],
  ["cloudflare_dns_record"],
  ["cloudflare_ruleset", "http_ratelimit"],
  ["vault_mount"],
];

function made(cases: readonly KillCase[], phase: KillCase["phase"], type: string, subject?: string): KillCase {
  const found = cases.find(
    ({ call, ...each }) =>
      call.rpc === "ApplyResourceChange" &&
      call.type === type &&
      each.phase === phase &&
      (subject === undefined || call.subject === subject),
  );
  if (found === undefined) throw new Error(`Nothing makes ${type} ${subject ?? ""}.`);
  return found;
}

function run(pick: KillOptions["pick"], way: Pick<KillOptions, "deploy" | "change"> = {}): Promise<KillReport> {
  const terraform = findTerraform(sandboxPaths().tools);
  if (typeof terraform === "string") throw new Error(terraform);
  return runKills({ folder, terraform, pick, workers: 2, ...way });
}

/** What failed, so that a failing test says why. */
function told(report: KillReport): string[] {
  return failures(report).map(({ kill, reason }) => `${nameOf(kill)} ${kill.call.type}: ${reason}`);
}

describeWithTerraform("Terraform killed in the middle of an apply", () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe("of one stack", () => {
    let report: KillReport;
    const of = (type: string): CaseResult | undefined =>
      report.results.find(({ kill: { call, phase } }) => call.type === type && phase !== "before");

    beforeAll(async () => {
      report = await run((cases) => {
        const chosen = [
          ...NASTY.map(([type, subject]) => made(cases, "after", type, subject)),
          made(cases, "during", "helm_release", "cert-manager/cert-manager"),
        ];
        const others = cases.filter((each) => !chosen.includes(each) && each.phase === "before");
        return [...chosen, ...sampleOf(others, 4, 4)];
      });
    });

    test("converges after at most one recovery, with an empty plan and no second object, in every case", () => {
      expect(told(report)).toEqual([]);
      expect(report.results).toHaveLength(NASTY.length + 5);
    });

    test("really lost what had just been made", () => {
      for (const [type] of NASTY) expect(of(type)?.lost.some((object) => object.startsWith(`${type} `))).toBe(true);
    });

    test("without recovery Vultr would make a second network, cluster and pool, and the others refuse", () => {
      const without = (type: string) => of(type)?.without;
      expect(["vultr_vpc", "vultr_kubernetes", "vultr_kubernetes_node_pools"].map(without)).toEqual(
        Array.from({ length: 3 }, () => "makes a second object"),
      );
      expect(
        ["kubernetes_namespace_v1", "cloudflare_dns_record", "cloudflare_ruleset", "vault_mount", "helm_release"].map(
          without,
        ),
      ).toEqual(Array.from({ length: 5 }, () => "fails"));
    });
  });

  test("of everything by cdktf deploy, it converges just so", async () => {
    const report = await run((cases) => [made(cases, "after", "kubernetes_namespace_v1", "traefik")], { deploy: true });
    expect(told(report)).toEqual([]);
    expect(report.results).toMatchObject([{ outcome: "recovered" }]);
  });

  test("of a change, it converges just so: what was there is in the state, and an upgrade of Helm's is taken up again", async () => {
    const report = await run(
      (cases) => [
        made(cases, "during", "helm_release", "external-secrets/external-secrets"),
        made(cases, "after", "cloudflare_ruleset"),
        made(cases, "after", "vault_policy", "platform-gate-reports-secret-reader"),
      ],
      { change: true },
    );
    expect(told(report)).toEqual([]);
    const [ruleset, release, policy] = ["cloudflare_ruleset", "helm_release", "vault_policy"].map(
      (type) => report.results.find(({ kill: { call } }) => call.type === type)?.outcome,
    );
    expect([ruleset, release, policy]).toEqual(["alone", "recovered", "alone"]);
  });
});
