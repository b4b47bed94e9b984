import { type Issue, StrataError } from "../../constructs/core/errors";
import type { ApiTransport } from "../kubernetes/api-server";
import type { ClusterApi } from "../kubernetes/cluster-api";
import { read } from "../kubernetes/listing";
import { openApi, type ReachOptions } from "./find";
import type { Volume } from "./model";
import { VOLUMES, volumeObject, volumeOf } from "./volumes";

/** What became of a volume: `gone` and `going` are those that need nothing any more. */
export interface VolumeRelease {
  readonly name: string;
  readonly result: "released" | "going" | "gone";
}

/** Somebody else changes the same volume: how often to look again. */
const ATTEMPTS = 4;

/**
 * Lets the driver of released volumes delete them: their reclaim policy becomes `Delete`. **Their data is lost.** Each
 * is read again first, and when one of them is not released, as one that is bound, none is touched.
 *
 * @throws StrataError when one is not released, or when the API server refuses
 */
export async function releaseVolumes(
  transport: ApiTransport,
  volumes: readonly Pick<Volume, "name">[],
  options: ReachOptions = {},
): Promise<readonly VolumeRelease[]> {
  const api = openApi(transport, options);
  const issues: Issue[] = [];
  for (const { name } of volumes) {
    const known = await readVolume(api, name);
    if (known !== undefined) issues.push(...objections(known.volume));
  }
  if (issues.length > 0) throw new StrataError(issues);
  const releases: VolumeRelease[] = [];
  for (const { name } of volumes) releases.push({ name, result: await release(api, name) });
  return releases;
}

/** Why a volume must not be released; nothing when it may. */
export function objections({ name, phase, claim }: Pick<Volume, "name" | "phase" | "claim">): readonly Issue[] {
  if (phase === "Released") return [];
  const used = phase === "Bound" ? `it is in use by the claim ${claim ?? "that it is bound to"}` : `it is ${phase}`;
  const fix = "Only volumes whose claim was deleted are released: destroy what uses it first.";
  return [{ where: `volume ${name}`, problem: used, fix }];
}

async function release(api: ClusterApi, name: string): Promise<VolumeRelease["result"]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const known = await readVolume(api, name);
    if (known === undefined) return "gone";
    const { volume, resourceVersion } = known;
    const [objection] = objections(volume);
    if (objection !== undefined) throw StrataError.of(objection);
    if (volume.reclaimPolicy === "Delete") return "going";
    const body = { metadata: { resourceVersion }, spec: { persistentVolumeReclaimPolicy: "Delete" } };
    // The version makes the server refuse when somebody claimed the volume since it was read.
    const answer = await api.send({ method: "PATCH", path: `${VOLUMES}/${name}`, body }, [200, 404, 409]);
    if (answer.status === 200) return "released";
  }
  const problem = "somebody else keeps changing it";
  throw StrataError.of({ where: `volume ${name}`, problem, fix: "Find out who does, and run it again." });
}

async function readVolume(api: ClusterApi, name: string) {
  const path = `${VOLUMES}/${name}`;
  const answer = await api.send({ method: "GET", path }, [200, 404]);
  if (answer.status === 404) return undefined;
  const object = read(api, path, volumeObject, answer.body);
  return { volume: volumeOf(object), resourceVersion: object.metadata.resourceVersion };
}
