import { definition } from "../manifests";
import { at, becomes, type Objects } from "../objects";
import { Playground, tools } from "../playground";
import { VaultOfTest } from "../vault";
import { BARMAN, CLICKHOUSE, core, POSTGRESQL } from "./places";

/** The garbage collector looks for new kinds twice a minute. */
const COLLECTED_MS = 45_000;

/** A cluster with the definitions of the operators, and a Vault from when it is started. */
export class World {
  readonly playground = new Playground();
  private running: VaultOfTest | undefined;

  get objects(): Objects {
    return this.playground.objects;
  }

  get vault(): VaultOfTest {
    if (this.running === undefined) throw new Error("The Vault was not started.");
    return this.running;
  }

  async start(): Promise<void> {
    await this.playground.start();
    for (const name of ["cert-manager", "data-staging"]) await this.playground.namespace(name);
    // Early, so that the garbage collector knows them by the time their objects go.
    await this.define(
      definition(POSTGRESQL, "Cluster", "clusters"),
      definition(POSTGRESQL, "Database", "databases"),
      definition(POSTGRESQL, "Pooler", "poolers"),
      definition(POSTGRESQL, "Backup", "backups"),
      definition(POSTGRESQL, "ScheduledBackup", "scheduledbackups"),
      definition(BARMAN, "ObjectStore", "objectstores"),
      definition(CLICKHOUSE, "ClickHouseInstallation", "clickhouseinstallations"),
    );
  }

  /** Starts a Vault that the controllers are not told of yet. */
  async startVault(): Promise<void> {
    const { folder, servers } = this.playground;
    this.running = await VaultOfTest.start({ folder, servers, program: tools.get("vault") ?? "" });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    await this.playground.stop();
  }

  /** Makes definitions of an operator's objects; the controllers run already when they come. */
  async define(...definitions: readonly object[]): Promise<void> {
    const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    for (const one of definitions) {
      await this.objects.make(collection, one);
      const path = `${collection}/${at(one, "metadata.name")}`;
      await becomes(() => this.objects.condition(path, "Established"), expect.stringMatching(/^True/));
    }
  }

  /** Waits until nothing that an operator made for its objects is left. */
  async becomesEmpty(): Promise<void> {
    for (const collection of ["services", "persistentvolumeclaims", "pods"]) {
      await becomes(() => this.objects.names(`${core}/${collection}`), [], COLLECTED_MS);
    }
    await becomes(() => this.objects.names("/api/v1/persistentvolumes"), []);
  }
}
