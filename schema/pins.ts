/** Versions that the configuration takes when it names none. */

// renovate: datasource=docker depName=lindesvard/openpanel-api
export const OPENPANEL_VERSION = "2.2.1";
