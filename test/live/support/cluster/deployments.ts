import type { CoreV1Api, V1PodSpec } from "@kubernetes/client-node";
import { type Clients, eventually } from "../../cluster-support";

/** Makes a namespace that enforces a level of Pod Security. */
export async function makeNamespace({ core }: Clients, name: string, level = "privileged"): Promise<void> {
  await core.createNamespace({
    body: { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": level } } },
  });
}

/** A pod of one container that asks for little. */
export function podSpec(changes: Partial<V1PodSpec> = {}): V1PodSpec {
  return { containers: [{ name: "app", image: "registry.invalid/app:1" }], ...changes };
}

/** How many pods, and what they are. */
interface Pods {
  readonly replicas: number;
  readonly spec: V1PodSpec;
}

/** Makes a deployment, whose pods have its name as their label `app`. */
export async function deploy(
  { apps }: Clients,
  namespace: string,
  name: string,
  { replicas, spec }: Pods,
): Promise<void> {
  const labels = { app: name };
  const template = { metadata: { labels }, spec };
  await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template } },
  });
}

/** Makes a deployment and waits until all of it is ready; answers the nodes that its pods are on. */
export async function deployAndWait(clients: Clients, namespace: string, name: string, pods: Pods): Promise<string[]> {
  await deploy(clients, namespace, name, pods);
  const { apps, core } = clients;
  await eventually(`deployment ${name} is ready`, async () => {
    const { status } = await apps.readNamespacedDeployment({ name, namespace });
    return status?.readyReplicas === pods.replicas ? true : undefined;
  });
  return nodesOfPods(core, namespace, name);
}

/** The nodes of the pods with a label `app`. */
export async function nodesOfPods(core: CoreV1Api, namespace: string, app: string): Promise<string[]> {
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${app}` });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ spec }) => spec?.nodeName ?? "")
    .sort();
}

/** Code of the API server's refusal, such as 404 for what is gone; undefined when it did not refuse. */
export function refusalOf(asked: Promise<unknown>): Promise<number | undefined> {
  return asked.then(
    () => undefined,
    ({ code }: { code: number }) => code,
  );
}
