import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { apiTransport } from "../../../../cli/kubernetes/api-server";
import { type Declarations, readDeclarations } from "../../../../cli/secrets/declarations";
import type { RunningCluster } from "../../../../sandbox/clusters/embedded";
import { strataProgram } from "../../../../sandbox/live/vault";
import { FAKE_TOKENS } from "../../../../sandbox/run/environment";
import { readProgram } from "../../../../sandbox/run/program";
import type { Report } from "../../../../sandbox/run/report";
import { openTerraform } from "../../../../sandbox/run/terraform";
import { findTerraform } from "../../../../sandbox/run/terraform-binary";
import { loadPlatform } from "../../../../schema/load";
import { type ClusterObject, clusterObjects } from "../../../canary/cluster-objects";
import { clusterKeyId, terraformExceptions, tokenExceptions } from "../../../canary/exceptions";
import { type Judgement, judge } from "../../../canary/judge";
import { liveExceptions } from "../../../canary/live-exceptions";
import { planEverything } from "../../../canary/plan-files";
import { ProcessWatch } from "../../../canary/process-watch";
import { type Finding, Scanner } from "../../../canary/scan";
import type { Canary } from "../../../canary/secret";
import { withoutValue } from "../../../canary/vault-values";
import type { LivePlatform } from "../platform";
import { clusterExceptions, keysOfVault, valuesInCluster, valuesInVault } from "./values";

const rotation = z.object({ version: z.int(), previous: z.int() });

/**
 * Knows every secret value of a live platform, and looks for them in everything that the sandbox writes, in the clusters,
 * and in what processes are started with.
 */
export class LiveCanary {
  private readonly secrets = new Map<string, Canary>();
  private readonly watch: ProcessWatch;
  private readonly printed: { readonly name: string; readonly text: string }[] = [];
  private readonly plans: string;

  constructor(private readonly platform: LivePlatform) {
    this.watch = new ProcessWatch(platform.paths.folder);
    this.plans = path.join(platform.paths.folder, "..", "plans");
    this.remember(Object.entries(FAKE_TOKENS).map(([name, value]) => ({ id: `sandbox:${name}`, value })));
  }

  /** Where something may be planted to prove that it would be found. */
  get folder(): string {
    return this.platform.paths.folder;
  }

  /** A secret value of an environment. */
  sample(): Canary {
    const found = [...this.secrets.values()].find(({ id }) => id.endsWith("/openpanel:postgres_password"));
    if (found === undefined) throw new Error("No value is known yet.");
    return found;
  }

  /** The clusters of the platform, at least one. */
  clusters(): readonly [RunningCluster, ...RunningCluster[]] {
    const [first, ...others] = this.platform.engine.clusters.running();
    if (first === undefined) throw new Error("No cluster runs.");
    return [first, ...others];
  }

  stop(): void {
    this.watch.stop();
  }

  /** A report or what a command printed. */
  keep(name: string, content: string | Report): void {
    this.printed.push({ name, text: typeof content === "string" ? content : JSON.stringify(content) });
  }

  /** Learns every value as it is now. The values before stay known. */
  async learn(): Promise<void> {
    const { engine, paths } = this.platform;
    const declarations = this.declarations();
    this.remember(await valuesInVault(engine.vault.login(), declarations));
    this.remember(keysOfVault(engine.vault.server.keysFile));
    const { clusters } = readProgram(paths.out);
    for (const { name, label } of clusters) {
      const cluster = this.clusterOf(label);
      this.remember([{ id: clusterKeyId(name), value: cluster.connection.clientKey }]);
      const known = new Set([...this.secrets.values()].map(({ value }) => value));
      this.remember(valuesInCluster(name, await objectsOf(cluster), declarations, known));
    }
  }

  /** The declared secrets whose value nobody knows: they would be looked for in vain. */
  unknown(): readonly string[] {
    return withoutValue(this.declarations(), [...this.secrets.values()]);
  }

  /** Plans every stack into a file. */
  async plan(): Promise<void> {
    const { engine, paths, processes } = this.platform;
    const terraform = findTerraform(paths.tools);
    if (typeof terraform === "string") throw new Error(terraform);
    const providers = { reattach: engine.reattach() };
    mkdirSync(this.plans, { recursive: true });
    await planEverything({
      terraform: openTerraform({ providers, folder: paths.folder, binary: terraform.file, processes }),
      out: paths.out,
      ids: readProgram(paths.out).stacks.map(({ id }) => id),
      to: this.plans,
      said: (id, text) => this.keep(`output of terraform for ${id}`, text),
    });
  }

  /** Rotates every path that has something to rotate, with `strata secrets rotate`; answers them. */
  async rotate(): Promise<readonly string[]> {
    const { engine, paths } = this.platform;
    const terraform = findTerraform(paths.tools);
    if (typeof terraform === "string") throw new Error(terraform);
    const strata = strataProgram({ root: paths.root, home: paths.home });
    const { address, caFile, token } = engine.vault.login();
    const env = {
      VAULT_ADDR: address,
      VAULT_CACERT: caFile,
      VAULT_TOKEN: token,
      TERRAFORM_BINARY_NAME: terraform.file,
    };
    const rotatable = this.declarations().secrets.filter(({ keys }) =>
      Object.values(keys).some((key) => key.kind === "generated" && key.permanent === undefined),
    );
    for (const { path: secret } of rotatable) {
      const args = ["secrets", "rotate", secret, "--timeout", "60", "--dir", paths.out, "--json"];
      const { stdout, stderr } = await strata(args, { env });
      this.keep(`output of strata secrets rotate ${secret}`, stdout + stderr);
      // Whether everything took the new values is another test's matter: here they only have to be there.
      const { version, previous } = rotation.parse(JSON.parse(stdout));
      if (version === previous) throw new Error(`${secret} was not rotated:\n${stderr}`);
    }
    return rotatable.map(({ path: secret }) => secret);
  }

  /** Compares all that is found with all that is listed. */
  async judge(): Promise<Judgement> {
    const declarations = this.declarations();
    const listed = [
      ...terraformExceptions(loadPlatform(this.platform.config)),
      ...liveExceptions(declarations),
      ...tokenExceptions(Object.keys(FAKE_TOKENS), "sandbox"),
      ...clusterExceptions(this.secrets.values()),
    ];
    return judge(await this.find(), listed);
  }

  /** Compares what is found once everything was destroyed: only processes that are gone had anything. */
  async judgeDestroyed(): Promise<readonly string[]> {
    rmSync(this.plans, { recursive: true, force: true });
    const findings = (await this.find()).filter(({ place }) => !place.startsWith("environment of "));
    return judge(findings, []).leaks;
  }

  private async find(): Promise<readonly Finding[]> {
    const scanner = new Scanner(this.secrets.values());
    const found = [
      ...scanner.folder(this.folder),
      ...scanner.folder(this.plans, "plans"),
      ...[...this.printed, { name: "what the sandbox said", text: this.platform.said.join("\n") }].flatMap(
        ({ name, text }) => scanner.stream(name, text),
      ),
      ...this.watch.records().flatMap(({ name, content }) => scanner.stream(name, content)),
    ];
    if (!this.platform.isUp) return found;
    for (const { name, label } of readProgram(this.platform.paths.out).clusters) {
      const cluster = this.platform.engine.clusters.running().find((each) => each.label === label);
      const objects = cluster === undefined ? [] : await objectsOf(cluster);
      found.push(...objects.flatMap((object) => scanner.stream(`cluster ${name}: ${object.name}`, object.text)));
    }
    return found;
  }

  private clusterOf(label: string): RunningCluster {
    const cluster = this.platform.engine.clusters.running().find((each) => each.label === label);
    if (cluster === undefined) throw new Error(`No cluster ${label} runs.`);
    return cluster;
  }

  private declarations(): Declarations {
    return readDeclarations(this.platform.paths.out);
  }

  private remember(canaries: readonly Canary[]): void {
    for (const canary of canaries) this.secrets.set(`${canary.id}\n${canary.value}`, canary);
  }
}

function objectsOf({ connection }: RunningCluster): Promise<readonly ClusterObject[]> {
  const { server: host, certificateAuthority: ca, clientCertificate: certificate, clientKey: key } = connection;
  return clusterObjects(apiTransport({ host, ca, certificate, key }));
}
