import type { Playground } from "../playground";

/** Where the objects of the tests are: all of them in one namespace. */
export const core = "/api/v1/namespaces/team";
export const apps = "/apis/apps/v1/namespaces/team";
export const batch = "/apis/batch/v1/namespaces/team";

/** Address of a Service; undefined when it has none. */
export function addressOf({ objects }: Playground, name: string): Promise<unknown> {
  return objects.value(`${core}/services/${name}`, "status.loadBalancer.ingress.0.ip");
}

/** How many pods of a Deployment are available; undefined when there are none. */
export function availableOf({ objects }: Playground, name: string): Promise<unknown> {
  return objects.value(`${apps}/deployments/${name}`, "status.availableReplicas");
}
