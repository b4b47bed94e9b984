import { INTERNAL_SERVICE, TLS_SECRET } from "./certificate";

/** The chart's application version; the server and the containers that use its tools must be the same program. */
// renovate: datasource=docker depName=hashicorp/vault
export const IMAGE = { repository: "hashicorp/vault", tag: "2.0.4" } as const;

/** User `vault` in the image. */
export const VAULT_USER = 100;

/** Where the chart mounts the certificate. */
export const TLS_FOLDER = `/vault/userconfig/${TLS_SECRET}`;

/**
 * The servers' configuration. The chart's start script replaces the words `HOSTNAME`, `POD_IP` and others of its own
 * wherever they stand in it, so they are not used here.
 */
export function serverConfig(replicas: number): string {
  const peers = replicas === 1 ? [] : Array.from({ length: replicas }, (_, index) => join(`vault-${index}`));
  return [
    "ui = true",
    "disable_mlock = true",
    'listener "tcp" {',
    '  address = "[::]:8200"',
    '  cluster_address = "[::]:8201"',
    `  tls_cert_file = "${TLS_FOLDER}/tls.crt"`,
    `  tls_key_file = "${TLS_FOLDER}/tls.key"`,
    '  tls_min_version = "tls12"',
    "}",
    'storage "raft" {',
    '  path = "/vault/data"',
    ...peers,
    "}",
    'service_registration "kubernetes" {}',
    "",
  ].join("\n");
}

/** A server joins whichever of the others is there, and checks that it is one of ours. */
function join(peer: string): string {
  return [
    "  retry_join {",
    `    leader_api_addr = "https://${peer}.${INTERNAL_SERVICE}:8200"`,
    `    leader_ca_cert_file = "${TLS_FOLDER}/ca.crt"`,
    "  }",
  ].join("\n");
}
