import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isJsonObject, type Json, type JsonObject } from "../../constructs/core/json";
import { code, table } from "./table";

/** A secret that stands in a state, and why it does. */
interface Exception {
  readonly what: string;
  readonly outputs: readonly string[];
  readonly why: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    what: "Credentials of a cluster's administrator",
    outputs: ["host", "cluster_ca_certificate", "client_certificate", "client_key"],
    why: "the Helm and Kubernetes providers of every stack on the cluster are configured with them; Vultr gives them out with the cluster, whose own state holds the whole kubeconfig",
  },
  {
    what: "Key pair of an object store",
    outputs: ["access_key", "secret_key"],
    why: "Vultr makes the pair together with the store; no other stack reads it, `strata secrets sync` copies it into Vault",
  },
];

/** A synthesized stack. */
interface Stack {
  readonly id: string;
  readonly json: JsonObject;
}

function readStacks(folder: string): readonly Stack[] {
  return readdirSync(path.join(folder, "stacks"))
    .sort()
    .flatMap((id) => {
      const json: Json = JSON.parse(readFileSync(path.join(folder, "stacks", id, "cdk.tf.json"), "utf8"));
      return isJsonObject(json) ? [{ id, json }] : [];
    });
}

/** The secrets that stand in states, why they do, and every state that has or copies them. */
export function exceptionsSection(folder: string): string {
  const stacks = readStacks(folder);
  const holders = stacks.flatMap((stack) => {
    const outputs = secretOutputs(stack);
    return outputs.length === 0 ? [] : [{ id: stack.id, found: exceptionsOf(stack, outputs) }];
  });
  const reasons = EXCEPTIONS.filter((exception) => holders.some(({ found }) => found.includes(exception)));
  const states = holders.map(({ id, found }) => {
    const readers = stacks.filter((reader) => stateReads(reader).includes(id)).map((reader) => code(reader.id));
    return [code(id), found.map(({ what }) => what).join(", "), readers.join(", ") || "no stack"];
  });
  return [
    table([
      ["What", "Outputs", "Why"],
      ...reasons.map(({ what, outputs, why }) => [what, outputs.map(code).join(", "), why]),
    ]),
    table([["State", "Holds", "Read, and so copied, by"], ...states]),
  ].join("\n\n");
}

/** A secret without a reason is a leak: the page can't be made then. */
function exceptionsOf({ id }: Stack, outputs: readonly string[]): readonly Exception[] {
  const unknown = outputs.filter((output) => !EXCEPTIONS.some((exception) => exception.outputs.includes(output)));
  if (unknown.length > 0) {
    throw new Error(`${id} publishes what is secret without a reason (${unknown.join(", ")}): see tools/secrets-page`);
  }
  return EXCEPTIONS.filter((exception) => outputs.some((output) => exception.outputs.includes(output)));
}

function secretOutputs({ json }: Stack): readonly string[] {
  return entries(json.output).flatMap(([name, output]) => (isJsonObject(output) && output.sensitive ? [name] : []));
}

/** Ids of the stacks whose states a stack reads; each such block is named after the stack. */
function stateReads({ json }: Stack): readonly string[] {
  const { data } = json;
  const blocks = isJsonObject(data) ? data.terraform_remote_state : undefined;
  return entries(blocks).map(([name]) => name);
}

function entries(value: Json | undefined): readonly [string, Json][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}
