import { type Issue, StrataError } from "../../constructs/core/errors";
import { stackId } from "../../constructs/core/names";
import type { OutputReader } from "../terraform/outputs";

/** How to reach the API server of a cluster as its administrator; certificates and key are PEM. */
export interface ClusterAccess {
  readonly host: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Reads the access from the outputs of the cluster's stack. */
export function clusterAccess(cluster: string, outputs: OutputReader): Promise<ClusterAccess> {
  return contractAccess(stackId.cluster(cluster), outputs);
}

/** The same by the id of the stack that publishes it. */
export async function contractAccess(stack: string, outputs: OutputReader): Promise<ClusterAccess> {
  const values = await outputs(stack);
  const issues: Issue[] = [];
  const read = (name: string): string => {
    const value = values.get(name);
    if (typeof value === "string" && value !== "") return value;
    issues.push({ where: stack, problem: `no output ${name}`, fix: `Deploy it first: cdktf deploy ${stack}` });
    return "";
  };
  const access = {
    host: url(read("host")),
    ca: pem(read("cluster_ca_certificate")),
    certificate: pem(read("client_certificate")),
    key: pem(read("client_key")),
  };
  if (issues.length > 0) throw new StrataError(issues.slice(0, 1));
  return access;
}

function url(host: string): string {
  return (host.includes("://") ? host : `https://${host}`).replace(/\/+$/, "");
}

/** The stack publishes base64, as kubeconfigs hold it. */
function pem(text: string): string {
  return text.startsWith("-----BEGIN") ? text : Buffer.from(text, "base64").toString("utf8");
}
