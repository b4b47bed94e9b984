import { z } from "zod";
import { ITS_METADATA_ONLY, read } from "../../kubernetes/listing";
import { folderOf, type ReachedPlace } from "./model";

/** State of a Kubernetes secret, told without its values. */
export interface DeliveredState {
  readonly resourceVersion: string;
  /** When its values last changed, in whole seconds of the API server's clock. */
  readonly changedAt: number;
  /** It has the values that it was made with. */
  readonly isFirst: boolean;
  /** The API server's own time at this answer. */
  readonly now: number;
}

const secret = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    creationTimestamp: z.string().default(""),
    managedFields: z
      .array(z.object({ time: z.string().optional(), fieldsV1: z.record(z.string(), z.unknown()).optional() }))
      .default([]),
  }),
});

/** Reads the metadata of a secret, and never its values; undefined when it is not there. */
export async function deliveredState(place: ReachedPlace, name: string): Promise<DeliveredState | undefined> {
  const path = `${folderOf(place, "v1", "secrets")}/${name}`;
  const answer = await place.api.send({ method: "GET", path, accept: ITS_METADATA_ONLY }, [200, 404]);
  if (answer.status === 404) return undefined;
  const { resourceVersion, creationTimestamp, managedFields } = read(place.api, path, secret, answer.body).metadata;
  // Who owns the values, and when that one last changed any.
  const times = managedFields.filter(({ fieldsV1 }) => fieldsV1 && "f:data" in fieldsV1).map(({ time = "" }) => time);
  const known = times.map((time) => Date.parse(time)).filter((time) => !Number.isNaN(time));
  const now = (answer.date ?? new Date()).getTime();
  // Without a time everything may be older.
  const changedAt = known.length === 0 ? now : Math.max(...known);
  return { resourceVersion, changedAt, isFirst: changedAt - Date.parse(creationTimestamp) <= 1000, now };
}
