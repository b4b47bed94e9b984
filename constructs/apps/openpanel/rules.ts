import type { Finding } from "../../core/rules";
import { isExactVersion } from "../../kubernetes/chart-pin";
import { type OpenPanelSettings, type ReplicaRange, WORKLOADS } from "./settings";
import { refusalOf } from "./variables";

/** What is wrong with a setting, and which one. */
export interface SettingsFinding extends Finding {
  /** Path of the setting, such as `["replicas", "api"]`. */
  readonly path: readonly string[];
}

/**
 * What types can't say about the settings of an OpenPanel. The configuration reports it with file and line, the
 * construct with its path. No finding repeats the value of a variable.
 */
export function settingsFindings(settings: OpenPanelSettings): SettingsFinding[] {
  return [
    ...version(settings),
    ...digests(settings),
    ...replicas(settings),
    ...variables(settings),
    ...features(settings),
    ...smtp(settings),
  ];
}

function version({ version }: OpenPanelSettings): SettingsFinding[] {
  if (isExactVersion(version)) return [];
  return [
    {
      path: ["version"],
      problem: "OpenPanel version is not exact",
      value: version,
      fix: "Name one release, such as 2.3.0.",
    },
  ];
}

function digests({ digests }: OpenPanelSettings): SettingsFinding[] {
  if (digests === undefined) return [];
  return WORKLOADS.filter((name) => !/^sha256:[0-9a-f]{64}$/.test(digests[name])).map((name) => ({
    path: ["digests", name],
    problem: `digest of the ${name} image is not valid`,
    value: digests[name],
    fix: 'Write "sha256:" and 64 hexadecimal digits, as "docker buildx imagetools inspect" prints them.',
  }));
}

function replicas({ replicas }: OpenPanelSettings): SettingsFinding[] {
  return [
    ...range("api", replicas.api),
    ...range("worker", replicas.worker),
    ...(Number.isInteger(replicas.dashboard) && replicas.dashboard >= 1
      ? []
      : [
          {
            path: ["replicas", "dashboard"],
            problem: "dashboard has no whole number of pods",
            value: replicas.dashboard,
            fix: "Write 1 or more.",
          },
        ]),
  ];
}

function range(name: string, { min, max }: ReplicaRange): SettingsFinding[] {
  const path = ["replicas", name];
  if (![min, max].every((count) => Number.isInteger(count) && count >= 1)) {
    const fix = "Write whole numbers from 1.";
    return [{ path, problem: `${name} has bounds that are no numbers of pods`, value: { min, max }, fix }];
  }
  if (min <= max) return [];
  const fix = `Write a min of at most ${max}, or a max of at least ${min}.`;
  return [{ path, problem: `${name} has more pods at least than at most`, value: { min, max }, fix }];
}

function variables({ environment = {} }: OpenPanelSettings): SettingsFinding[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const refusal = refusalOf(name, value);
    if (refusal === undefined) return [];
    return [{ path: ["environment", name], problem: `variable ${name} ${refusal.because}`, fix: refusal.fix }];
  });
}

/** The sessions of `mcp` live in the memory of one process: with a second one, every other request fails. */
function features({ features = {}, replicas, smtp }: OpenPanelSettings): SettingsFinding[] {
  return [
    ...(features.machineApis?.includes("mcp") && replicas.api.max > 1
      ? [
          {
            path: ["features", "machineApis"],
            problem: `mcp needs a single api, and there may be ${replicas.api.max}`,
            fix: 'Leave "mcp" out, or write "replicas: {api: {min: 1, max: 1}}".',
          },
        ]
      : []),
    ...(features.unsubscribe && smtp === undefined
      ? [
          {
            path: ["features", "unsubscribe"],
            problem: "the page to unsubscribe from mails is open, and no mail is sent",
            fix: "Write smtp, or leave unsubscribe out.",
          },
        ]
      : []),
  ];
}

/** Egress reaches public addresses only. */
function smtp({ smtp }: OpenPanelSettings): SettingsFinding[] {
  if (smtp === undefined) return [];
  const inside = /(^|\.)(local|internal|svc|localhost)$/.test(smtp.host);
  const privateAddress = /^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(smtp.host);
  if (!inside && !privateAddress && smtp.host.includes(".")) return [];
  return [
    {
      path: ["smtp", "host"],
      problem: "mail server is not on the internet, which is all that the pods reach",
      value: smtp.host,
      fix: "Name a public host, such as smtp.acme.example.",
    },
  ];
}
