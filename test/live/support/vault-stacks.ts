import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Declarations } from "../../../cli/secrets/declarations";
import type { ClusterConnection } from "../../../sandbox/clusters/driver";
import { base64 } from "../../../sandbox/clusters/kubeconfig";
import type { SandboxPaths } from "../../../sandbox/run/paths";

const blocks = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ depends_on: z.array(z.string()).optional() })),
);
const stack = z.looseObject({
  provider: z.record(z.string(), z.unknown()),
  resource: blocks,
  data: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  output: z.unknown().optional(),
  terraform: z.looseObject({ required_providers: z.record(z.string(), z.unknown()) }),
});

/** Takes everything out of a synthesized stack that is not Vault's; answers its folder, which holds the rest. */
export function keepVaultOnly({ out }: SandboxPaths, id: string): string {
  const folder = path.join(out, "stacks", id);
  const file = path.join(folder, "cdk.tf.json");
  const { output: _, ...whole } = stack.parse(JSON.parse(readFileSync(file, "utf8")));
  const isVaults = (name: string): boolean => /^(data\.)?vault(_|$)/.test(name);
  const only = <T>(record: Readonly<Record<string, T>>, keeps = isVaults): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => keeps(name)));
  const resource = Object.entries(only(whole.resource)).map(([type, each]) => [
    type,
    Object.fromEntries(
      Object.entries(each).map(([name, { depends_on = [], ...values }]) => [
        name,
        { ...values, depends_on: depends_on.filter(isVaults) },
      ]),
    ),
  ]);
  // States of other stacks, as far as what is left reads them: the others need not be there.
  const text = JSON.stringify(resource);
  const states = only(whole.data.terraform_remote_state ?? {}, (name) =>
    text.includes(`terraform_remote_state.${name}.`),
  );
  const { data: _data, ...rest } = whole;
  const reduced = {
    ...rest,
    ...(Object.keys(states).length > 0 && { data: { terraform_remote_state: states } }),
    provider: only(whole.provider),
    resource: Object.fromEntries(resource),
    terraform: { ...whole.terraform, required_providers: only(whole.terraform.required_providers) },
  };
  writeFileSync(file, JSON.stringify(reduced, undefined, 2));
  return folder;
}

/** Writes the states of the stacks that values are copied from, as if they had been applied; every value is made up. */
export function writeOutputStates(paths: SandboxPaths, { secrets }: Pick<Declarations, "secrets">): void {
  const outputs = new Map<string, Record<string, string>>();
  for (const key of secrets.flatMap(({ keys }) => Object.values(keys))) {
    if (key.kind !== "output") continue;
    outputs.set(key.stack, { ...outputs.get(key.stack), [key.output]: `${key.output}-of-${key.stack}` });
  }
  for (const [id, values] of outputs) writeState(paths, id, values);
}

/** Writes the state of a cluster's stack as if it had been applied: what other stacks and commands read of it. */
export function writeClusterState(paths: SandboxPaths, id: string, cluster: ClusterConnection): void {
  writeState(paths, id, {
    cluster_id: cluster.server,
    host: cluster.server,
    cluster_ca_certificate: base64(cluster.certificateAuthority),
    client_certificate: base64(cluster.clientCertificate),
    client_key: base64(cluster.clientKey),
  });
}

function writeState({ state }: SandboxPaths, id: string, outputs: Readonly<Record<string, string>>): void {
  const entries = Object.entries(outputs).map(([name, value]) => [name, { value, type: "string", sensitive: true }]);
  const content = {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-4000-8000-000000000000",
    outputs: Object.fromEntries(entries),
    resources: [],
    check_results: null,
  };
  mkdirSync(state, { recursive: true });
  writeFileSync(path.join(state, `${id}.tfstate`), JSON.stringify(content));
}
