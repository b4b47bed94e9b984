export * from "./backup-storage";
export * from "./catalogue";
export * from "./firewall-group";
export { KubernetesCluster, type KubernetesClusterProps } from "./kubernetes-cluster";
export type { NodePoolSpec, NodeTaint } from "./node-pool-spec";
export * from "./object-storage";
export { VultrProvider } from "./provider";
export { Vpc, type VpcProps } from "./vpc";
