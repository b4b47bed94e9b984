/**
 * List prices of what is not a plan, in US dollars a month.
 *
 * Sources: load balancer and NAT gateway from Vultr's documentation and API examples (2025-2026). The price of a highly
 * available control plane is not published by Vultr; reports say 40 to 50. Object storage from Vultr's documentation of
 * 15 September 2025.
 *
 * @see https://docs.vultr.com/support/platform/billing/how-is-object-storage-billed
 */
export const PRICES = {
  /** A control plane that is not highly available is free. */
  highlyAvailableControlPlane: 50,
  /** For each node of a load balancer. */
  loadBalancer: 10,
  natGateway: 20.16,
  /**
   * The tier `Standard` with 1000 GB and as much traffic; the others cost 36, 50 and 100. Which id is which tier, only
   * the API tells.
   */
  objectStorage: 18,
} as const;
