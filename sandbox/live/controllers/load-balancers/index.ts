import { SERVICES, type Service } from "../api/core";
import { keyOf } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { setStatus } from "../loop/status";
import { ADDRESSES, type AddressBook } from "./addresses";

/** Keeps a Service until its load balancer is gone; every cloud's controller uses this name. */
export const FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

/** Gives Services of type LoadBalancer an address, as the controller of a cloud does; nothing answers there. */
export function loadBalancers(book: AddressBook = ADDRESSES): Controller {
  return controller({
    name: "load balancer",
    type: SERVICES,
    onGone: (service, cluster) => book.release(nameOf(service, cluster)),
    async reconcile(service, cluster): Promise<Outcome | undefined> {
      const { type, loadBalancerClass } = service.spec;
      const wanted = type === "LoadBalancer" && loadBalancerClass === undefined;
      if (!wanted || service.metadata.deletionTimestamp !== undefined) return remove(service, cluster, book);
      // The finalizer comes first: a load balancer that nobody holds would be left behind.
      const held = await withFinalizers(service, cluster, [...others(service), FINALIZER]);
      if (held === undefined) return undefined;
      const name = nameOf(service, cluster);
      const ip = book.take(name, service.status?.loadBalancer?.ingress?.[0]?.ip);
      if (ip === undefined) return { problem: "every address is taken", againMs: 5000 };
      await setStatus(cluster, SERVICES, held, { loadBalancer: { ingress: [{ ip, ipMode: "VIP" }] } });
      return undefined;
    },
  });
}

async function remove(service: Service, cluster: ClusterView, book: AddressBook): Promise<undefined> {
  if (!service.metadata.finalizers?.includes(FINALIZER)) return undefined;
  book.release(nameOf(service, cluster));
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const cleared =
    ingress.length === 0
      ? service
      : await cluster.api.patch(SERVICES, service.metadata, { status: { loadBalancer: null } }, "status");
  if (cleared !== undefined) await withFinalizers(cleared, cluster, others(cleared));
  return undefined;
}

/** Sets the finalizers unless they are right; refused when the object was changed meanwhile, so none of others' is lost. */
async function withFinalizers(
  service: Service,
  cluster: ClusterView,
  finalizers: readonly string[],
): Promise<Service | undefined> {
  const { finalizers: now = [], resourceVersion } = service.metadata;
  if (now.length === finalizers.length) return service;
  return cluster.api.patch(SERVICES, service.metadata, { metadata: { resourceVersion, finalizers } });
}

function others({ metadata }: Service): readonly string[] {
  return (metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
}

function nameOf(service: Service, cluster: ClusterView): string {
  return `${cluster.name}/${keyOf(service.metadata)}`;
}
