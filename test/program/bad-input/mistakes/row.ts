import type { Changes } from "../../../helpers/mistakes";

// Where the mistakes are made, in a copy of examples/acme.
export const PLATFORM = "platform.yaml";
export const STAGING = "environments/staging.yaml";
export const PROD = "environments/prod.yaml";
export const CLUSTER = "clusters/platform";
export const POOL = `${CLUSTER}/nodePools/general-public`;
export const ZONE = "zones/acme.example";

/** A document of an environment that says no more than where it is. */
export const SHARED = "placement: {type: shared}\n";

/** A mistake, what makes it, where it is reported, and in which words. */
export type Row = readonly [mistake: string, changes: Changes, where: string, words: string];
