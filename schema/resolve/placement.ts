/** Which cluster carries an environment. */
import { nearest } from "../load/nearest";
import type { Cluster } from "../model";
import type { PlacementDocument, Profile } from "../profiles";
import { orList } from "../words";
import { type PlacedCluster, resolveCluster } from "./clusters";
import type { Context } from "./context";
import { overlayPlacement } from "./profiles";
import { below, type Place } from "./report";

/** What became of a placement; without a cluster, a problem was reported. */
export interface Placed {
  readonly dedicated: boolean;
  readonly cluster?: Cluster;
  /** The environment's own cluster. */
  readonly own?: PlacedCluster;
}

/** Finds or makes the cluster of an environment; `place` is that of its `placement`. */
export function placeEnvironment(
  context: Context,
  environment: { readonly name: string; readonly placement: PlacementDocument | undefined; readonly profile: Profile },
  clusters: readonly PlacedCluster[],
  place: Place,
): Placed {
  const { name, profile } = environment;
  const placement = overlayPlacement(profile.environment.placement, environment.placement);
  if (placement?.type !== "dedicated") return share(context, name, placement?.cluster, clusters, place);
  const { type: _, region, version, profile: ofCluster = profile.name, ...settings } = placement;
  for (const [field, value, example] of [
    ["region", region, "fra"],
    ["version", version, "v1.36.1+1"],
  ] as const) {
    if (value !== undefined) continue;
    const fix = `Write "placement: {type: dedicated, ${field}: ${example}, ...}", or {type: shared, cluster: <name>}.`;
    context.report.add(place, `environment ${name} gets a cluster of its own, but its ${field} is missing`, fix);
  }
  if (region === undefined || version === undefined) return { dedicated: true };
  const request = { name, region, version, central: false, dedicatedTo: name, profile: ofCluster, settings, place };
  const own = resolveCluster(context, request);
  return { dedicated: true, cluster: own.cluster, own };
}

function share(
  context: Context,
  name: string,
  wanted: string | undefined,
  clusters: readonly PlacedCluster[],
  place: Place,
): Placed {
  const found = clusters.find(({ cluster }) => (wanted === undefined ? cluster.central : cluster.name === wanted));
  if (found !== undefined) return { dedicated: false, cluster: found.cluster };
  const known = context.mentioned("clusters");
  // Without any cluster, that is what is said, once.
  if (wanted !== undefined && known.length > 0 && !known.includes(wanted)) {
    const close = nearest(wanted, known);
    const fix =
      close.length > 0
        ? `Did you mean ${orList(close)}?`
        : `Choose ${orList([...known].sort())}, or "type: dedicated".`;
    context.report.add(
      below(place, "cluster"),
      `environment ${name} is placed on a cluster that platform.yaml does not have`,
      fix,
      wanted,
    );
  }
  return { dedicated: false };
}
