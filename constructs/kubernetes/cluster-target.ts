import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { Fn, type ITerraformDependable, Op, TerraformSelf, Token } from "cdktf";
import { Construct } from "constructs";
import type { LayerStack, StackRef } from "../core/layer-stack";
import { slug } from "../core/names";
import { Remembered } from "../core/remembered";

/** What a cluster stack publishes and every stack on that cluster reads. Certificates and key are base64 text. */
export const CLUSTER_CONTRACT = [
  "cluster_id",
  "host",
  "cluster_ca_certificate",
  "client_certificate",
  "client_key",
] as const;

/**
 * A cluster that a stack acts on: its Helm and Kubernetes providers, configured from the cluster stack's published
 * contract (never from a resource of the same stack: hashicorp/terraform#2430), and the record of which cluster that
 * was. Constructs take a target explicitly, so one stack may act on two clusters.
 */
export class ClusterTarget extends Construct {
  readonly helm: HelmProvider;
  readonly kubernetes: KubernetesProvider;
  /** Base64 CA certificate of the API server, as published. */
  readonly caCertificate: string;
  /** URL of the API server. */
  readonly host: string;
  /** Everything on the cluster comes after this check. */
  readonly record: ITerraformDependable;

  constructor(
    stack: LayerStack,
    /** Name of the cluster. */
    readonly cluster: string,
    contract: StackRef,
  ) {
    super(stack, `target-${slug(cluster)}`);
    const read = (name: (typeof CLUSTER_CONTRACT)[number]) => stack.read(contract, name);
    this.host = read("host");
    this.caCertificate = read("cluster_ca_certificate");
    const connection = {
      host: this.host,
      clusterCaCertificate: Fn.base64decode(this.caCertificate),
      clientCertificate: Fn.base64decode(read("client_certificate")),
      clientKey: Fn.base64decode(read("client_key")),
    };
    const alias = aliasOf(cluster);
    this.helm = new HelmProvider(this, "helm", { alias, kubernetes: connection });
    this.kubernetes = new KubernetesProvider(this, "kubernetes", { alias, ...connection });
    this.record = recordCluster(this, cluster, read("cluster_id"));
  }
}

/** An alias is an identifier of Terraform: no dots, no digit in front. */
function aliasOf(cluster: string): string {
  const name = slug(cluster);
  return /^\d/.test(name) ? `cluster-${name}` : name;
}

/**
 * Remembers the id of the cluster that this state was first applied to, and refuses any other: the recorded value is
 * kept by `ignore_changes`, and the postcondition compares it with the cluster the contract names now.
 */
function recordCluster(scope: ClusterTarget, cluster: string, clusterId: string): ITerraformDependable {
  return new Remembered(
    scope,
    "record",
    { cluster_id: clusterId },
    {
      ignoreChanges: ["input"],
      postcondition: [
        {
          condition: Token.asString(Op.eq(TerraformSelf.getString("output.cluster_id"), clusterId)),
          errorMessage: `This state belongs to another cluster than the one that l1-cluster-${cluster} describes now. Restore that cluster's state, or destroy this stack first.`,
        },
      ],
    },
  );
}
