/** The catalogue. Each component has a folder with its props, its pin, its class and what it needs to be secret. */
export * from "./barman-cloud";
export * from "./casdoor";
export * from "./cert-manager";
export * from "./clickhouse-operator";
export * from "./cloudnative-pg";
export * from "./external-secrets";
export * from "./grafana";
export * from "./headlamp";
export * from "./metrics-server";
export * from "./oauth2-proxy";
export * from "./traefik";
export * from "./valkey";
export * from "./vault";
