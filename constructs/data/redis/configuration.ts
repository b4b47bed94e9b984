import { dataMebibytes } from "../../components/valkey";
import type { Finding } from "../../core/rules";
import { mebibytes, type StoreSize } from "../store";

/** What queues rely on beside what every server has: an announcement of every expiry, a log without snapshots. */
export const QUEUE_LINES = { "notify-keyspace-events": "Ex", appendfsync: "everysec", save: '""' } as const;

/** The log before it is rewritten, which is twice as large as it was after the last time, and the new one beside it. */
const LOG_TO_DATA = 3;

export function checkSize({ memory, storage }: StoreSize): Finding[] {
  const data = dataMebibytes(memory, true);
  const volume = mebibytes(storage);
  if (data === undefined) {
    return [
      { problem: "memory of a Redis instance has a unit that is not known", value: memory, fix: "Use Mi or Gi." },
    ];
  }
  if (volume === undefined || volume >= data * LOG_TO_DATA) return [];
  return [
    {
      problem: "volume of a Redis instance is too small for the log of its writes",
      value: storage,
      fix: `Use at least ${data * LOG_TO_DATA}Mi: with ${memory} of memory the data may grow to ${data} MiB.`,
    },
  ];
}
