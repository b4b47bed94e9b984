import { collectionOf, POSTGRESQL } from "../places";

/** The collections of the operator's objects. */
export const clusters = collectionOf(POSTGRESQL, "clusters");
export const databases = collectionOf(POSTGRESQL, "databases");
export const poolers = collectionOf(POSTGRESQL, "poolers");
export const scheduledBackups = collectionOf(POSTGRESQL, "scheduledbackups");
