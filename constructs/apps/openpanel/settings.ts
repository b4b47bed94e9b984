/**
 * What an environment says about its OpenPanel. What types can't say is checked by `rules.ts`.
 *
 * @see https://openpanel.dev/docs/self-hosting/environment-variables
 */
export interface OpenPanelSettings {
  /** Version of all three images, exact: x.y.z. They share their database schema and their queues. */
  readonly version: string;
  /**
   * Digest of each image of that version, `sha256:` and 64 hexadecimal digits. A registry may move a tag, never a
   * digest. All three or none: one of them alone would pin a third of a release.
   *
   * @default - the tags
   */
  readonly digests?: Readonly<Record<WorkloadName, string>>;
  /** Gate of the cluster that guards the dashboard. */
  readonly gate: string;
  /** How many pods of each workload there are. */
  readonly replicas: Replicas;
  /** Parts that are closed unless somebody wants them. @default - none of them */
  readonly features?: OpenPanelFeatures;
  /** Public variables added to the api and the worker, the same on both. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Mail server, for invitations and password resets. @default - none: no mail is sent */
  readonly smtp?: SmtpSettings;
}

/** The three images, and what runs of each. */
export const WORKLOADS = ["api", "dashboard", "worker"] as const;
/** One of the three images. */
export type WorkloadName = (typeof WORKLOADS)[number];

/** The api and the worker follow their load; the dashboard renders pages for a few people. */
export interface Replicas {
  readonly api: ReplicaRange;
  readonly dashboard: number;
  readonly worker: ReplicaRange;
}

/** Bounds of an autoscaler; both the same for a fixed number. */
export interface ReplicaRange {
  readonly min: number;
  readonly max: number;
}

/** Switches. Each opens exactly its own paths and egress; a path of one that is off is denied or behind the gate. */
export interface OpenPanelFeatures {
  /** Dashboards, overviews and reports that their owner shared are open to everyone who has the link. @default false */
  readonly sharedDashboards?: boolean;
  /** Widgets that other sites embed: realtime, counter, badge. @default false */
  readonly widgets?: boolean;
  /** WebSocket with the number of present visitors, for shared overviews and widgets. @default false */
  readonly liveVisitors?: boolean;
  /** The page that the unsubscribe link of a mail leads to. @default false */
  readonly unsubscribe?: boolean;
  /** Accounts of others to log in to OpenPanel with, behind the gate. @default - none: e-mail address and password */
  readonly signIn?: readonly SignInProvider[];
  /** Data of Google's Search Console. @default false */
  readonly searchConsole?: boolean;
  /** Notifications in Slack. @default false */
  readonly slack?: boolean;
  /** Interfaces for programs that are reachable. @default - none of them */
  readonly machineApis?: readonly MachineApi[];
}

/** Who else can log somebody in to OpenPanel. */
export const SIGN_IN_PROVIDERS = ["google", "github"] as const;
/** One of those who can log somebody in. */
export type SignInProvider = (typeof SIGN_IN_PROVIDERS)[number];

/** Interfaces of the API that check client credentials of their own. */
export const MACHINE_APIS = ["export", "insights", "import", "manage", "mcp"] as const;
/** One of those interfaces. */
export type MachineApi = (typeof MACHINE_APIS)[number];

/** A mail server outside the cluster; the account's password is a supplied secret. */
export interface SmtpSettings {
  readonly host: string;
  /** 465 speaks TLS from the start, every other port upgrades to it. */
  readonly port: number;
  /** Address in `From`. */
  readonly sender: string;
  /** Name of the account. */
  readonly user: string;
}
