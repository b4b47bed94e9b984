export { DnsRecord, type DnsRecordProps } from "./dns-record";
export { AUTOMATIC_TTL } from "./dns-record-rules";
export * from "./plan-limits";
export { CloudflareProvider } from "./provider";
export { type IngestionLimit, ZoneEdge, type ZoneEdgeProps } from "./zone-edge";
export * from "./zone-edge/rules";
