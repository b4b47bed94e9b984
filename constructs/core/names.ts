/**
 * Names are pure functions of the configuration: a name that can be computed is never read from state.
 */

/** Lower case, `.` turned to `-`. */
export function slug(text: string): string {
  return text.toLowerCase().replaceAll(".", "-");
}

/** Longest name of a Helm release: Helm keeps room for its own suffix. */
export const RELEASE_NAME_LIMIT = 53;
/** Longest value of a Kubernetes label, and of a DNS label. */
export const LABEL_LIMIT = 63;

/** Whether a text is a DNS label (RFC 1123). */
export function isDnsLabel(text: string): boolean {
  return text.length <= LABEL_LIMIT && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** Label of a cluster at the cloud, which has no tags: it tells whose the cluster is. */
export function clusterLabel(organisation: string, cluster: string): string {
  return slug(`${organisation}-${cluster}`);
}

/** Namespace of an environment's data stores. */
export function dataNamespace(environment: string): string {
  return `data-${slug(environment)}`;
}

/** Namespace of one application in one environment. */
export function appNamespace(app: string, environment: string): string {
  return `${slug(app)}-${slug(environment)}`;
}

/** DNS name of a Service inside its cluster. */
export function serviceHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** Hosts of an application: see the profile's host pattern. */
export function appHost(
  app: string,
  environment: string,
  pattern: { readonly style: "flat" | "nested"; readonly zone: string },
  primary = false,
): string {
  if (primary) return `${slug(app)}.${pattern.zone}`;
  const separator = pattern.style === "flat" ? "-" : ".";
  return `${slug(app)}${separator}${slug(environment)}.${pattern.zone}`;
}

/** Bucket for the backups of an environment, or of the platform's own services on the central cluster. */
export function backupBucket(prefix: string, subject: string): string {
  return slug(`${prefix}-${subject}-backups`);
}

/** Ids of the stacks: `l<layer>-<what>-<subject>`. */
export const stackId = {
  edge: (zone: string) => `l1-edge-${slug(zone)}`,
  network: (network: string) => `l1-network-${slug(network)}`,
  cluster: (cluster: string) => `l1-cluster-${slug(cluster)}`,
  /** Where an environment's backups go: they outlive its cluster. */
  backups: (environment: string) => `l1-backups-${slug(environment)}`,
  base: (cluster: string) => `l2-base-${slug(cluster)}`,
  secrets: (cluster: string) => `l2-secrets-${slug(cluster)}`,
  services: (cluster: string) => `l2-services-${slug(cluster)}`,
  data: (environment: string) => `l3-data-${slug(environment)}`,
  apps: (group: string, environment: string) => `l4-${slug(group)}-${slug(environment)}`,
};

/** Vault: mounts, paths and roles. */
export const vaultNames = {
  /** KV version 2 mount that holds every secret. */
  mount: "secret",
  /** Auth mount of a cluster. */
  authMount: (cluster: string) => `kubernetes-${slug(cluster)}`,
  /** One role and one policy for each reader: a service account of a namespace of a cluster. */
  reader: (cluster: string, namespace: string, serviceAccount: string) =>
    `${slug(cluster)}-${namespace}-${serviceAccount}`,
  /** Auth mount of people, who sign on with the identity provider. */
  peopleMount: "sso",
  /** Auth mount of machines that have identity tokens of another issuer, such as the jobs of a CI system. */
  issuerMount: (name: string) => `jwt-${slug(name)}`,
  /** One role and one policy for each kind of people of an environment. */
  people: (environment: string, role: string) => `${slug(environment)}-${role}`,
  /** Role and policy of the people who operate the platform. */
  operator: "operator",
  /** Role and policy of what applies stacks. */
  deployer: "deployer",
  /** Role of a service account that applies stacks. */
  deployerAccount: (name: string) => `deployer-${slug(name)}`,
  /** Path of an environment's secrets. */
  environment: (environment: string, name: string) => `${slug(environment)}/${name}`,
  /** Path of a component's secrets on one cluster. */
  component: (cluster: string, name: string) => `clusters/${slug(cluster)}/${name}`,
  /** Audience of the tokens with which clusters log in; the same on both sides. */
  audience: "vault",
  /**
   * Audience of the API server itself. The client's token reviews itself, and the API server takes a token for its own
   * requests only if it is meant for it too.
   */
  apiAudience: "https://kubernetes.default.svc.cluster.local",
};
