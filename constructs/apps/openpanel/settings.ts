import type { Finding } from "../../core/rules";
import { isExactVersion } from "../../kubernetes/chart-pin";

/** What an environment says about its OpenPanel. */
export interface OpenPanelSettings {
  /** Version of all three images, exact: x.y.z. */
  readonly version: string;
  /** Gate of the cluster that guards the dashboard. */
  readonly gate: string;
  readonly replicas: Readonly<Record<WorkloadName, number>>;
  /** Interfaces for programs that are reachable. @default - all of them */
  readonly machineApis?: readonly MachineApi[];
  /** Public variables added to the api and the worker. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Mail server, for invitations and password resets. @default - none */
  readonly smtp?: SmtpSettings;
}

export const WORKLOADS = ["api", "dashboard", "worker"] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** Interfaces of the API that check client credentials of their own. */
export const MACHINE_APIS = ["export", "insights", "import", "manage"] as const;
export type MachineApi = (typeof MACHINE_APIS)[number];

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly sender: string;
  readonly user: string;
}

/** Variables that open or stop the application, whatever their value. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  DEMO_USER_ID: "it gives every anonymous visitor a session",
  DISABLE_WORKERS: 'any value stops the workers, "false" too',
  MAINTENANCE: "it takes the dashboard away",
};

/** Variables whose values are secret: they come from Vault. */
const SECRET = /^(DATABASE|REDIS|CLICKHOUSE)_URL|_(SECRET|KEY|PASS|PASSWORD|TOKEN)$/;

export function checkSettings(settings: OpenPanelSettings): Finding[] {
  const variables = Object.keys(settings.environment ?? {});
  return [
    ...(isExactVersion(settings.version)
      ? []
      : [
          {
            problem: "OpenPanel version is not exact",
            value: settings.version,
            fix: "Name one release, such as 2.3.0.",
          },
        ]),
    ...variables
      .filter((name) => FORBIDDEN[name] !== undefined)
      .map((name) => ({ problem: `variable ${name} is forbidden: ${FORBIDDEN[name]}`, fix: `Remove ${name}.` })),
    ...variables
      .filter((name) => SECRET.test(name))
      .map((name) => ({
        problem: `variable ${name} holds a secret and would stand in the configuration`,
        fix: "Supply it through the secret declarations of the application.",
      })),
  ];
}
