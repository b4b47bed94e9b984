import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_RETRY } from "../../../../../cli/retry";
import type { WrittenRedirect } from "../../../../../constructs/core/identity";
import { FakeVault } from "../../../support/fake-vault";
import type { Outcome } from "../../../support/session";
import { FakeCasdoor, type FakeCasdoorOptions } from "../../support/fake-casdoor";
import {
  clientOf,
  fillVault,
  GATE,
  identity,
  PROVIDER,
  redirectOf,
  wordsOf,
  writeIdentity,
} from "../../support/program";

const grafana = clientOf("grafana", { environment: "staging" });

export const STAGING = redirectOf("openpanel-staging", "staging");
export const PROD = redirectOf("openpanel-prod", "prod");
export const HEADLAMP = redirectOf("headlamp");
/** What the gate's client has when everybody has declared his own. */
export const ALL = [HEADLAMP, PROD, STAGING];

/** A twentieth of the usual time: two environments have to wait for each other. */
export const PATIENT = { retry: { ...DEFAULT_RETRY, sleep: (milliseconds: number) => pause(milliseconds / 20) } };

type Build = "platform" | "environment";

/** Vault and an identity provider, with a gate's client that the hosts of the platform and of two environments share. */
export class World {
  private running: { readonly vault: FakeVault; readonly casdoor: FakeCasdoor } | undefined;

  async start(options: FakeCasdoorOptions = {}): Promise<void> {
    this.running = { vault: await FakeVault.start(), casdoor: await FakeCasdoor.start(options) };
    fillVault(this.vault, [GATE, grafana]);
  }

  async stop(): Promise<void> {
    await this.vault.stop();
    await this.casdoor.stop();
  }

  get vault(): FakeVault {
    return this.started.vault;
  }

  get casdoor(): FakeCasdoor {
    return this.started.casdoor;
  }

  /** The command on a build of everything, or of an environment with nothing but what it owns. */
  words(command: "sync" | "status", build: Build, redirects: readonly WrittenRedirect[], ...args: string[]): string[] {
    const complete = build === "platform";
    const dir = writeIdentity(complete ? [GATE, grafana] : [], [PROVIDER], [], { complete, redirects });
    return wordsOf(command, dir, this.casdoor, args);
  }

  run(...args: Parameters<World["words"]>): Promise<Outcome> {
    return identity(this.words(...args), { env: this.vault.env });
  }

  /** The redirect URIs that the gate's client has now. */
  uris() {
    return this.casdoor.application(GATE.name).redirectUris;
  }

  private get started() {
    if (this.running === undefined) throw new Error("The world was not started.");
    return this.running;
  }
}
