import type { Protection } from "../core/protection";

/**
 * Storage class of a store's volumes. Vultr's clusters come with both; the retaining one keeps the block volume when
 * its claim is deleted.
 *
 * @see https://docs.vultr.com/how-to-provision-persistent-volume-claims-on-vultr-kubernetes-engine
 */
export function storageClassOf(protection: Protection): string {
  return protection === "retain" ? "vultr-block-storage-retain" : "vultr-block-storage";
}
