import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { clusterConfig, type Json } from "./support";

/** A program as synth would write it: four stacks that read each other's state. */
export interface FixtureOptions {
  /** Take the protection of the cluster off. */
  readonly allowDestroy?: boolean;
  /** Resources in each of the upper stacks. @default 6 */
  readonly size?: number;
  /** Further changes to the stacks before they are written. */
  readonly change?: (stacks: Record<string, Json>) => void;
}

const LAYERS: Record<string, { layer: number; dependencies: string[] }> = {
  "l1-edge-acme": { layer: 1, dependencies: [] },
  "l1-cluster-platform": { layer: 1, dependencies: [] },
  "l2-base-platform": { layer: 2, dependencies: ["l1-cluster-platform"] },
  "l4-apps-staging": { layer: 4, dependencies: ["l2-base-platform", "l1-edge-acme"] },
};

const SOURCES: Record<string, { source: string; version: string }> = {
  vultr: { source: "vultr/vultr", version: "2.32.0" },
  cloudflare: { source: "cloudflare/cloudflare", version: "5.14.0" },
  helm: { source: "hashicorp/helm", version: "3.1.1" },
  kubernetes: { source: "hashicorp/kubernetes", version: "2.38.0" },
};

const CLUSTER = "${data.terraform_remote_state.cluster.outputs";
const KUBERNETES = {
  host: `\${"https://\${data.terraform_remote_state.cluster.outputs.endpoint}:6443"}`,
  cluster_ca_certificate: `\${base64decode(data.terraform_remote_state.cluster.outputs.ca)}`,
};
const READS_CLUSTER = {
  terraform_remote_state: { cluster: { backend: "local", config: { path: statePath("l1-cluster-platform") } } },
};

function statePath(id: string): string {
  return `../../../state/${id}.tfstate`;
}

function stacksOf({ allowDestroy, size = 6 }: FixtureOptions): Record<string, Json> {
  const lifecycle = allowDestroy ? {} : { lifecycle: { prevent_destroy: true } };
  const releases = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [
      `r${index}`,
      { name: `app-${index}`, namespace: "apps", chart: "../../charts/manifests", values: [`index: ${index}\n`] },
    ]),
  );
  return {
    "l1-edge-acme": {
      ...providers("cloudflare"),
      resource: {
        cloudflare_ruleset: {
          waf: { zone_id: "zone", kind: "zone", phase: "http_request_firewall_custom", name: "waf", rules: [] },
        },
      },
    },
    "l1-cluster-platform": {
      ...providers("vultr"),
      resource: { vultr_kubernetes: { cluster: { ...clusterConfig(), ...lifecycle } } },
      output: {
        endpoint: { value: "${vultr_kubernetes.cluster.endpoint}" },
        ca: { value: "${vultr_kubernetes.cluster.cluster_ca_certificate}", sensitive: true },
      },
    },
    "l2-base-platform": {
      ...providers("kubernetes"),
      data: READS_CLUSTER,
      provider: { kubernetes: [KUBERNETES] },
      resource: {
        kubernetes_namespace_v1: { apps: { metadata: { name: "apps", labels: { cluster: `${CLUSTER}.endpoint}` } } } },
      },
    },
    "l4-apps-staging": {
      ...providers("helm"),
      data: READS_CLUSTER,
      provider: { helm: [{ kubernetes: KUBERNETES }] },
      resource: { helm_release: releases },
    },
  };
}

function providers(...names: string[]): Json {
  const fixed = names.map((name) => [name, name === "vultr" ? [{ api_key: "sandbox" }] : [{}]]);
  return {
    terraform: { required_providers: Object.fromEntries(names.map((name) => [name, SOURCES[name]])) },
    provider: Object.fromEntries(fixed),
  };
}

/** Writes the program into a folder, in place of `node tools/synth.mjs`. */
export function writeFixture(out: string, options: FixtureOptions = {}): void {
  const stacks = stacksOf(options);
  for (const [id, json] of Object.entries(stacks)) {
    (json.terraform as Json).backend = { local: { path: statePath(id) } };
  }
  options.change?.(stacks);
  rmSync(out, { recursive: true, force: true });
  for (const [id, json] of Object.entries(stacks)) {
    const comment = { metadata: { stackName: id, version: "0.21.0", backend: "local" } };
    write(path.join(out, "stacks", id, "cdk.tf.json"), { "//": comment, ...json });
  }
  write(path.join(out, "manifest.json"), { version: "0.21.0", stacks: manifest(Object.keys(stacks)) });
  write(path.join(out, "program.json"), {
    schemaVersion: 1,
    clusters: [{ name: "platform", label: "acme-platform", central: true }],
    stacks: Object.keys(stacks).map((id) => ({ id, ...LAYERS[id] })),
    hosts: [{ host: "openpanel-staging.acme.example", path: "/", class: "gated", stack: "l4-apps-staging" }],
    cost: {
      currency: "USD",
      monthly: 50,
      items: [{ what: "vc2-2c-4gb", quantity: 2, unit: 20, monthly: 40, stack: "l1-cluster-platform" }],
      excludes: ["traffic"],
    },
  });
}

function manifest(ids: readonly string[]): Json {
  return Object.fromEntries(
    ids.map((id) => {
      const folder = `stacks/${id}`;
      const dependencies = LAYERS[id]?.dependencies ?? [];
      const file = `${folder}/cdk.tf.json`;
      return [
        id,
        {
          name: id,
          constructPath: id,
          workingDirectory: folder,
          synthesizedStackPath: file,
          annotations: [],
          dependencies,
        },
      ];
    }),
  );
}

function write(file: string, json: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(json, undefined, 2));
}
