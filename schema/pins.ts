/** Versions that the configuration takes when it names none. */

// renovate: datasource=docker depName=lindesvard/openpanel-api
export const OPENPANEL_VERSION = "2.3.0";

// Vultr's changelog of 2026-05-28. Old patches vanish from what can be created: `strata init` only offers this one.
export const CLUSTER_VERSION = "v1.36.1+1";
