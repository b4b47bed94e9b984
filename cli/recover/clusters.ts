import { StrataError } from "../../constructs/core/errors";
import { isJsonObject, type Json, type JsonObject } from "../../constructs/core/json";
import { apiTransport } from "../kubernetes/api-server";
import { contractAccess } from "../kubernetes/cluster-access";
import { type ClusterApi, clusterApi } from "../kubernetes/cluster-api";
import { remembered } from "../remember";
import type { RetryPolicy } from "../retry";
import type { OutputReader } from "../terraform/outputs";
import type { Program, ProgramResource } from "./program";

/** The API server on which a resource is made. @throws StrataError when it is not known how to reach it */
export type ClusterOf = (resource: ProgramResource) => Promise<ClusterApi>;

/** Reaches clusters as the providers of the program do: with what the cluster's stack publishes. */
export function clusters(program: Program, outputs: OutputReader, retry: RetryPolicy): ClusterOf {
  const open = remembered(async (contract) => {
    const access = await contractAccess(contract, outputs);
    return clusterApi(access.host, apiTransport(access), retry);
  });
  return async (resource) => open(contractOf(program, resource));
}

/** The stack that publishes the cluster of a resource's provider. */
function contractOf(program: Program, { stack, address, type, alias }: ProgramResource): string {
  const providers = program.get(stack)?.json.provider;
  const name = type.split("_")[0] ?? "";
  const blocks = objects(isJsonObject(providers) ? providers[name] : undefined);
  const block = blocks.find((each) => (each.alias ?? "") === alias);
  // The provider of Helm has the connection in a block of its own.
  const [connection] = name === "helm" ? objects(block?.kubernetes) : [block];
  const contract = /^\$\{data\.terraform_remote_state\.([\w-]+)\.outputs\.host\}$/.exec(String(connection?.host))?.[1];
  if (contract !== undefined) return contract;
  throw StrataError.of({
    where: `${stack} ${address}`,
    problem: "not looked for: its provider does not take its API server from the output `host` of another stack",
    fix: "Use ClusterTarget, or look for it yourself.",
  });
}

function objects(json: Json | undefined): JsonObject[] {
  return (Array.isArray(json) ? json : [json]).filter(isJsonObject);
}
