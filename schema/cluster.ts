/** Settings of a cluster: the same words in platform.yaml, in a profile and in a dedicated environment's placement. */
import * as z from "zod/mini";
import { GRAFANA_ROLES } from "../constructs/components/grafana/roles";
import { flag, list, named, once, oneOf, optional, required, strict, text, whole } from "./fields/kit";
import { cidr, exactVersion, label, name, planId } from "./fields/texts";
import { COMPONENT_NAMES, type ComponentName, type OwnSettings } from "./model";

const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelKey = once(() => text("a Kubernetes label key, such as node-type", LABEL_KEY));
const labelValue = once(() => text("a Kubernetes label value (in quotes if it is a number)", LABEL_VALUE));

const taint = once(() =>
  strict({
    key: required(labelKey(), "Key, once in each pool."),
    value: required(labelValue(), "Value."),
    effect: required(oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"]), "What the taint does to other pods."),
  }),
);

const nodes = () => whole("a number of nodes from 1 to 100", 1, 100);
const autoscaling = once(() =>
  strict({
    min: optional(nodes(), "Fewest nodes; Vultr's pools never shrink to none.", "the profile's"),
    max: optional(nodes(), "Most nodes.", "the profile's"),
  }),
);

/** A node pool; in an override each field alone is enough. */
export const nodePoolSchema = once(() =>
  strict({
    plan: optional(planId(), "Vultr plan id. Vultr can't change it: another plan makes a new pool.", "the profile's"),
    quantity: optional(nodes(), "Nodes; with autoscaling, to start with.", "the least that autoscaling allows, else 1"),
    autoscaling: optional(
      orFalse(autoscaling()),
      "Bounds of Vultr's autoscaler, or `false` for a fixed number of nodes.",
      "the profile's",
    ),
    labels: optional(named(labelKey(), labelValue(), "a mapping of labels"), "Node labels.", "`node-type: <pool>`"),
    taints: optional(list(taint(), "a list of taints"), "Node taints.", "those of the pool type"),
  }),
);

/** What can be said of every component. */
const chartSettings = once(() => ({
  values: optional(
    named(text("a value name"), z.json(), "a mapping of chart values"),
    "Chart values laid over the component's own; their paths are checked against the pinned chart.",
  ),
  version: optional(exactVersion("1.20.3"), "Another chart version than the pinned one.", "the pinned one"),
}));
const componentSettings = once(() => strict(chartSettings()));

const headlampSettings = once(() =>
  strict({
    ...chartSettings(),
    gate: optional(label("a gate name"), "Gate of the cluster that guards it.", "the profile's"),
  }),
);

const grafanaSettings = once(() =>
  strict({
    ...chartSettings(),
    groups: optional(
      named(label("a group name"), oneOf(GRAFANA_ROLES), "a mapping of group to role"),
      "Groups of the identity provider whose members may sign on, and what they may do.",
      "the profile's",
    ),
  }),
);

type CommonName = Exclude<ComponentName, keyof OwnSettings>;
type CommonField = z.ZodMiniOptional<ReturnType<typeof orFalse<ReturnType<typeof componentSettings>>>>;

const components = once(() => {
  const common = Object.fromEntries(
    COMPONENT_NAMES.map((component) => [
      component,
      optional(orFalse(componentSettings()), "Settings of the component, or `false` to leave it out.", "`{}`"),
    ]),
  ) as Record<CommonName, CommonField>;
  return strict({
    ...common,
    headlamp: optional(
      orFalse(headlampSettings()),
      "A view of the cluster behind a gate: `{gate: main}`; whoever passes sees what runs, and changes nothing.",
      "`false`",
    ),
    grafana: optional(
      orFalse(grafanaSettings()),
      "Grafana, which signs people on itself: `{groups: {analytics: Viewer}}`.",
      "`false`",
    ),
  });
});

const gate = once(() =>
  strict({
    groups: required(
      list(text("the name of a group"), "a list with at least one group", 1),
      "Groups of the identity provider whose members may pass.",
    ),
  }),
);

const sources = once(() =>
  z.union([z.literal("cloudflare"), list(cidr(), "`cloudflare` or a list of CIDRs", 1)], {
    error: "`cloudflare` or a list of CIDRs",
  }),
);
const entryPoint = (sourcesOf: string, otherwise: string) =>
  optional(strict({ sources: required(sources(), sourcesOf) }), "A load balancer of the cluster.", otherwise);

/** What a profile says about clusters, and what a cluster may say otherwise. */
export const clusterSettings = once(() => ({
  highlyAvailable: optional(flag(), "Highly available control plane; can't be changed later.", "the profile's"),
  firewall: optional(flag(), "Vultr's managed firewall group; can't be changed later.", "the profile's"),
  protection: optional(
    oneOf(["retain", "delete"]),
    "`retain` refuses to destroy the cluster and its network, `delete` lets them go.",
    "the profile's",
  ),
  replicas: optional(
    z.literal([1, 3], { error: "1 or 3" }),
    "Replicas of highly available platform services.",
    "3 with a highly available control plane, else 1",
  ),
  nodePools: optional(
    named(label("a pool name"), orFalse(nodePoolSchema()), "a mapping of pool name to pool"),
    "Node pools laid over the profile's, field by field; `false` leaves one out. The first one has no taint.",
    "the profile's",
  ),
  components: optional(
    components(),
    `Settings of the catalogue's components: ${COMPONENT_NAMES.join(", ")}.`,
    "all but headlamp and grafana; vault and casdoor on the central cluster only",
  ),
  gates: optional(
    named(label("a gate name"), gate(), "a mapping of gate name to gate"),
    "Portal Gates: who may pass to a gated route. A route names its gate.",
    "none",
  ),
  entryPoints: optional(
    strict({
      edge: entryPoint("Who may connect: `cloudflare` or CIDRs.", "Cloudflare's ranges"),
      machine: entryPoint("Who may connect: `cloudflare` or CIDRs.", "everyone"),
    }),
    "Where traffic enters: `edge` for proxied hosts, `machine` for DNS-only hosts (Vault among them).",
  ),
}));

/** Which network a cluster stands in. */
export const networkSettings = once(() => ({
  network: optional(name(), "Network of `networks` that it shares.", "a network of its own, named after it"),
  cidr: optional(cidr(), "Range of its own network.", "derived from the name, inside 10.0.0.0/8"),
}));

/** Settings, or `false`. */
export function orFalse<T extends z.ZodMiniType>(schema: T) {
  return z.union([z.literal(false), schema], { error: "a mapping of settings, or false" });
}

export type ClusterSettings = z.infer<z.ZodMiniObject<ReturnType<typeof clusterSettings>>>;
export type NodePoolDocument = z.infer<ReturnType<typeof nodePoolSchema>>;
