/** One of the servers that a cluster is made of, in the order in which they are started. */
export const PROGRAM_NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;

export type ProgramName = (typeof PROGRAM_NAMES)[number];

/** Where a cluster is. */
export interface Place {
  /** Port of its API server. */
  readonly port: number;
  /** The whole path of a file or folder of it: so the list of processes says whose server is whose. */
  at(name: string): string;
}

/** How a server is started. Its working folder is that of the cluster. */
export interface Program {
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Options as a program wants them on its command line. */
export function flags(options: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}

/**
 * Limits for a program in Go: a soft limit of its memory, and how much garbage it may hold beside what it uses.
 *
 * @param memoryMb megabytes that it normally stays below
 */
export function goLimits(memoryMb: number, garbagePercent = 50): Record<string, string> {
  return { GOMEMLIMIT: `${memoryMb}MiB`, GOGC: String(garbagePercent) };
}
