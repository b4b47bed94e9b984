import { gunzipSync } from "node:zlib";
import { AppsV1Api, BatchV1Api, CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";
import type { ClusterConnection } from "../../../sandbox/clusters/driver";
import { until } from "./until";

/** A Helm release at its newest revision. */
export interface FoundRelease {
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly status: string;
  readonly chart: string;
  readonly chartVersion: string;
}

const release = z.object({
  name: z.string(),
  namespace: z.string(),
  version: z.number(),
  info: z.object({ status: z.string() }),
  chart: z.object({ metadata: z.object({ name: z.string(), version: z.string() }) }),
});
const conditioned = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      status: z
        .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() })
        .optional(),
    }),
  ),
});

/** Namespaces that Kubernetes brings. */
export function isSystem(namespace: string): boolean {
  return namespace === "default" || namespace.startsWith("kube-");
}

/** What a test sees in a cluster, as an administrator. */
export class ClusterLook {
  readonly core: CoreV1Api;
  private readonly apps: AppsV1Api;
  private readonly batch: BatchV1Api;
  private readonly custom: CustomObjectsApi;

  constructor(connection: ClusterConnection) {
    const config = new KubeConfig();
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    config.loadFromClusterAndUser(
      {
        name: "cluster",
        server: connection.server,
        caData: base64(connection.certificateAuthority),
        skipTLSVerify: false,
      },
      { name: "admin", certData: base64(connection.clientCertificate), keyData: base64(connection.clientKey) },
    );
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.batch = config.makeApiClient(BatchV1Api);
    this.custom = config.makeApiClient(CustomObjectsApi);
  }

  async namespaces(): Promise<{ name: string; enforce?: string }[]> {
    const { items } = await this.core.listNamespace();
    return items.map(({ metadata }) => ({
      name: metadata?.name ?? "",
      enforce: metadata?.labels?.["pod-security.kubernetes.io/enforce"],
    }));
  }

  /** Every Helm release at its newest revision. */
  async releases(): Promise<FoundRelease[]> {
    const { items } = await this.core.listSecretForAllNamespaces({ labelSelector: "owner=helm" });
    const all = items.map(({ data }) => {
      const body = Buffer.from(Buffer.from(data?.release ?? "", "base64").toString(), "base64");
      const { name, namespace, version, info, chart } = release.parse(JSON.parse(gunzipSync(body).toString()));
      const { name: of, version: chartVersion } = chart.metadata;
      return { name, namespace, revision: version, status: info.status, chart: of, chartVersion };
    });
    const newest = new Map<string, FoundRelease>();
    for (const each of all.sort((a, b) => a.revision - b.revision)) newest.set(`${each.namespace}/${each.name}`, each);
    return [...newest.values()];
  }

  /** Workloads and Jobs that have not what they want. */
  async workloadsNotReady(): Promise<string[]> {
    const [deployments, sets, jobs] = await Promise.all([
      this.apps.listDeploymentForAllNamespaces(),
      this.apps.listStatefulSetForAllNamespaces(),
      this.batch.listJobForAllNamespaces(),
    ]);
    const waiting = [...deployments.items, ...sets.items].filter(
      ({ spec, status }) => (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1),
    );
    const running = jobs.items.filter(({ status }) => (status?.succeeded ?? 0) < 1);
    return [...waiting, ...running].map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  }

  /** Pods that no node took. */
  async podsNotPlaced(): Promise<string[]> {
    const { items } = await this.core.listPodForAllNamespaces();
    const unplaced = items.filter(({ spec }) => spec?.nodeName === undefined);
    return unplaced.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
  }

  /** Images of a namespace's workloads, without repetition. */
  async images(namespace: string): Promise<string[]> {
    const { items } = await this.apps.listNamespacedDeployment({ namespace });
    const images = items.flatMap(({ spec }) => spec?.template.spec?.containers.map(({ image }) => image ?? "") ?? []);
    return [...new Set(images)].sort();
  }

  /** Waits until nothing is waited for any more; what still is after a minute. */
  async untilSettled(): Promise<string[]> {
    let open: string[] = [];
    await until(async () => {
      open = await this.unsettled();
      return open.length === 0;
    }, 60_000).catch(() => undefined);
    return open;
  }

  private async unsettled(): Promise<string[]> {
    const [services, claims, certificates, secrets] = await Promise.all([
      this.core.listServiceForAllNamespaces(),
      this.core.listPersistentVolumeClaimForAllNamespaces(),
      this.notReady("cert-manager.io", "certificates"),
      this.notReady("external-secrets.io", "externalsecrets"),
    ]);
    const unaddressed = services.items.filter(
      ({ spec, status }) => spec?.type === "LoadBalancer" && !status?.loadBalancer?.ingress?.[0]?.ip,
    );
    const unbound = claims.items.filter(({ status }) => status?.phase !== "Bound");
    const named = [...unaddressed, ...unbound].map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
    return [...named, ...certificates, ...secrets];
  }

  private async notReady(group: string, plural: string): Promise<string[]> {
    const answer: unknown = await this.custom.listCustomObjectForAllNamespaces({ group, version: "v1", plural });
    const { items } = conditioned.parse(answer);
    const open = items.filter(
      ({ status }) => !status?.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
    );
    return open.map(({ metadata }) => `${plural} ${metadata.namespace}/${metadata.name}`);
  }
}
