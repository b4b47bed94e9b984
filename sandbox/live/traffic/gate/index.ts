import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import path from "node:path";
import type { Authority } from "../../pki";
import type { Servers } from "../../servers";
import type { Destination } from "../destination";
import { IdentityProvider, type Person } from "../identity-provider";
import { GateDouble } from "./double";
import type { Reach } from "./login";
import { startGateProgram } from "./program";
import { readGateSettings } from "./settings";

/** A Portal Gate of the cluster. */
export interface Gate {
  readonly name: string;
  /** Where its Service stands. */
  readonly destination: Destination;
  /** Where Traefik asks it. */
  readonly address: string;
  /** Its configuration, as it is rendered. */
  readonly toml: string;
  readonly clientId: string;
}

export interface GatesOptions {
  readonly servers: Servers;
  readonly authority: Authority;
  readonly gates: readonly Gate[];
  readonly people: readonly Person[];
  /** The program of OAuth2-Proxy. @default - its double */
  readonly command?: string;
  /** How a pod of the cluster reaches the identity provider. */
  readonly reach: Reach;
  readonly folder: string;
}

/** Gates that answer, and the identity provider that they share. */
export interface PlayedGates {
  readonly provider: IdentityProvider;
  /** Who answers for a gate, by its name. */
  readonly listeners: ReadonlyMap<string, RequestListener>;
}

/** Plays the gates of a cluster, each by its own rendered configuration, as clients of one identity provider. */
export async function playGates(options: GatesOptions): Promise<PlayedGates> {
  const { gates, people, command, reach, servers, authority, folder } = options;
  const known = gates.map((gate) => ({
    gate,
    settings: readGateSettings(gate.toml),
    credentials: { id: gate.clientId, secret: randomBytes(16).toString("hex") },
  }));
  const issuer = known[0]?.settings.oidc_issuer_url ?? "https://nobody.invalid";
  const clients = known.map(({ settings, credentials }) => ({ ...credentials, redirectUris: [settings.redirect_url] }));
  const provider = new IdentityProvider({ issuer, clients, people });
  const listeners = new Map<string, RequestListener>();
  for (const { gate, settings, credentials } of known) {
    const listener =
      command === undefined
        ? new GateDouble(settings, credentials, reach).listener
        : await startGateProgram({
            servers,
            command,
            toml: gate.toml,
            credentials,
            authority,
            hosts: (host) => (host === new URL(issuer).host ? provider.listener : undefined),
            folder: path.join(folder, `gate-${gate.name}`),
          });
    listeners.set(gate.name, listener);
  }
  return { provider, listeners };
}
