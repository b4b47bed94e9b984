import { parse } from "yaml";
import { at, textAt } from "../wire/paths";
import { isValues, type Value, type Values } from "../wire/values";
import { World } from "../world/world";
import { clusterScope, namespaceExists, reachCluster } from "./cluster-connection";
import { uuid } from "./ids";
import { type Call, type Change, type ProviderHooks, Refusal, type ResourceHook } from "./types";

const TIME = 1_767_225_600; // 2026-01-01, as Helm counts: in seconds

const release: ResourceHook = {
  forceNew: ["name", "namespace"],
  defaults: {
    namespace: "default",
    timeout: 300,
    max_history: 0,
    wait: true,
    render_subchart_notes: true,
    ...Object.fromEntries(
      [
        "atomic",
        "cleanup_on_fail",
        "create_namespace",
        "dependency_update",
        "disable_crd_hooks",
        "disable_openapi_validation",
        "disable_webhooks",
        "force_update",
        "lint",
        "pass_credentials",
        "recreate_pods",
        "replace",
        "reset_values",
        "reuse_values",
        "skip_crds",
        "take_ownership",
        "upgrade_install",
        "verify",
        "wait_for_jobs",
      ].map((name) => [name, false]),
    ),
    status: "deployed",
  },
  recomputed: ["metadata"],
  // The provider's id is the name alone; what must be unique is the name in its namespace.
  id: (state) => `${textAt(state, "namespace")}/${textAt(state, "name")}`,
  overwrites: (state) => state.upgrade_install === true,
  taken: (id) => new Refusal("installation failed", `cannot re-use a name that is still in use (${id})`),
  validate(config) {
    for (const [index, text] of (Array.isArray(config.values) ? config.values : []).entries()) {
      if (typeof text === "string") parseValues(text, index);
    }
  },
  create(change) {
    const namespace = textAt(change.state, "namespace");
    if (change.state.create_namespace !== true && !namespaceExists(change, namespace)) {
      throw new Refusal("installation failed", `create: failed to create: namespaces "${namespace}" not found`);
    }
    change.state.id = textAt(change.state, "name");
    if (typeof change.state.version !== "string") change.state.version = "0.1.0";
    change.state.manifest = null;
    change.state.resources = {};
    const present = change.world.get(World.key(change.type, change.scope, change.id));
    refusePending(present?.values);
    change.state.metadata = metadata(change, revisionOf(present?.values ?? null) + 1);
  },
  update(change) {
    refusePending(change.world.get(World.key(change.type, change.scope, change.id))?.values);
    if (typeof change.state.version !== "string") change.state.version = "0.1.0";
    change.state.metadata = metadata(change, revisionOf(change.prior) + 1);
  },
};

/** Helm touches no release that another Helm seems to work on, or that one has left in the middle. */
function refusePending(present: Values | undefined): void {
  if (textAt(present, "status").startsWith("pending-")) {
    throw new Refusal("installation failed", "another operation (install/upgrade/rollback) is in progress");
  }
}

/** Revisions count from 1. */
function revisionOf(release: Values | null): number {
  return Number(at(release ?? {}, "metadata.revision") ?? 0);
}

function metadata({ state }: Change, revision: number): Values {
  const values = (Array.isArray(state.values) ? state.values : []).map((text, index) =>
    parseValues(String(text), index),
  );
  return {
    app_version: "0.0.0",
    chart: textAt(state, "chart").split("/").at(-1) ?? "",
    first_deployed: TIME,
    last_deployed: TIME + revision - 1,
    name: textAt(state, "name"),
    namespace: textAt(state, "namespace"),
    notes: "",
    revision,
    values: JSON.stringify(Object.assign({}, ...values)),
    version: textAt(state, "version"),
  };
}

/** Helm takes a mapping only: anything else in `values` is an error of the real provider too. */
function parseValues(text: string, index: number): Record<string, unknown> {
  let values: unknown;
  try {
    values = parse(text);
  } catch (error) {
    throw new Refusal(`values[${index}] is not YAML`, error instanceof Error ? error.message : String(error));
  }
  if (values === null || values === undefined) return {};
  if (typeof values === "object" && !Array.isArray(values)) return values as Record<string, unknown>;
  throw new Refusal(`values[${index}] is not a YAML mapping`, `It is: ${text.slice(0, 200)}`);
}

function connection(provider: Values | null): Values | null {
  const nested: Value | undefined = provider?.kubernetes;
  return isValues(nested) ? nested : null;
}

/** Helm releases: names, namespaces, metadata (provider 3.1.1). Charts are not rendered. */
export const helm: ProviderHooks = {
  name: "helm",
  legacyTypeSystem: false,
  formatId: uuid,
  scope: (provider) => clusterScope(connection(provider)),
  reach: (call: Call) => {
    if (call.type === "helm_release") reachCluster(call, connection(call.provider));
  },
  resource: (type) => (type === "helm_release" ? release : undefined),
};
