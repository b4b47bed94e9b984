import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import path from "node:path";
import type { JsonObject } from "../../../../constructs/core/json";
import type { Authority } from "../../pki";
import type { HostResolver } from "../../proxy";
import type { Servers } from "../../servers";
import type { Destination } from "../destination";
import { type GateSecrets, startGateProgram } from "./program";
import { readGateRelease } from "./release";
import { startSessionStore } from "./sessions";

/** A Portal Gate of the cluster. */
export interface Gate {
  readonly name: string;
  /** Where its Service stands. */
  readonly destination: Destination;
  /** Host, with the port where it is not 80, under which Traefik asks it. */
  readonly host: string;
  /** Values of the release of its proxy, and of its session store, as they are rendered. */
  readonly proxy: JsonObject;
  readonly store: JsonObject;
  /** Its name at the identity provider. */
  readonly clientId: string;
}

/** Programs of a gate. */
export interface GatePrograms {
  readonly oauth2Proxy: string;
  readonly redisServer: string;
}

export interface GateOptions {
  readonly servers: Servers;
  readonly programs: GatePrograms;
  readonly authority: Authority;
  readonly clientSecret: string;
  /** Answers for the identity provider's host. */
  readonly hosts: HostResolver;
  readonly folder: string;
}

/** A gate that answers. */
export interface RunningGate {
  readonly listener: RequestListener;
  /** File with what its program printed. */
  readonly log: string;
  /** What its program was told in confidence: it stands in no log. */
  readonly secrets: readonly string[];
  /** Does something while its session store is gone; afterwards there is no session. */
  withoutSessions<T>(work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a gate with its session store, each by its own rendered values. */
export async function startGate(gate: Gate, options: GateOptions): Promise<RunningGate> {
  const { servers, programs, authority, clientSecret, hosts } = options;
  const folder = path.join(options.folder, `gate-${gate.name}`);
  const release = readGateRelease(gate.proxy, gate.store);
  const secrets: GateSecrets = {
    clientId: gate.clientId,
    clientSecret,
    cookieSecret: randomBytes(16).toString("hex"),
    storePassword: randomBytes(20).toString("base64url"),
  };
  const store = await startSessionStore({
    servers,
    command: programs.redisServer,
    release,
    password: secrets.storePassword,
    folder: path.join(folder, "sessions"),
  });
  const program = await startGateProgram({
    ...{ servers, release, secrets, store, authority, hosts, folder },
    command: programs.oauth2Proxy,
  });
  return {
    ...program,
    secrets: [clientSecret, secrets.cookieSecret, secrets.storePassword],
    withoutSessions: (work) => store.without(work),
  };
}
