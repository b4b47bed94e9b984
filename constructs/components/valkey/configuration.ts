/** What the configuration of a server depends on; Valkey and Redis take the same lines. */
export interface ServerConfiguration {
  /** Memory of the pod, in `Mi` or `Gi`. */
  readonly memory: string;
  /** Whether every write is logged to a volume. */
  readonly stored: boolean;
  /** Further lines, by name. @default - none */
  readonly lines?: Readonly<Record<string, string>>;
}

/**
 * Sessions and queues must not be evicted: a full server refuses writes instead. Without a limit of its own it would
 * be killed first.
 */
export function serverConfiguration({ memory, stored, lines }: ServerConfiguration): string {
  const all: Record<string, string> = {
    "maxmemory-policy": "noeviction",
    maxmemory: limit(memory, stored),
    ...(stored ? { appendonly: "yes" } : { save: '""', appendonly: "no" }),
    ...lines,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}

const MEBIBYTES: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

/**
 * Share of the pod's memory that data may take. The rest is for the program itself (about 30 MiB), for what is lost
 * between allocations (about a tenth) and, where writes are logged, for the pages that change while a copy of the
 * process rewrites the log: room for half of the data.
 */
const SHARE = { stored: 0.55, unstored: 0.75 } as const;

/** Memory for data in MiB, or `undefined` when the pod's has another unit. */
export function dataMebibytes(memory: string, stored: boolean): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(Mi|Gi)$/.exec(memory);
  const factor = MEBIBYTES[match?.[2] ?? ""];
  if (match === null || factor === undefined) return undefined;
  return Math.floor(Number(match[1]) * factor * (stored ? SHARE.stored : SHARE.unstored));
}

function limit(memory: string, stored: boolean): string {
  const data = dataMebibytes(memory, stored);
  return data === undefined ? "0" : `${data}mb`;
}
