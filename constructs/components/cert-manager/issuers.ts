import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { ClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import type { BootstrapSecret } from "../../core/secrets";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import type { CertManagerProps } from "./index";

/** ClusterIssuer of publicly trusted certificates. */
export const LETSENCRYPT_ISSUER = "letsencrypt";
/** ClusterIssuer of certificates that only the cluster trusts: the CA of services that speak TLS to each other. */
export const INTERNAL_ISSUER = "internal-ca";

/** Signs the CA itself and nothing else. */
const SELF_SIGNED_ISSUER = "internal-ca-root";

const LETSENCRYPT_DIRECTORY = "https://acme-v02.api.letsencrypt.org/directory";

/** The token that writes proofs into the zones. It is needed before Vault exists: Vault's own host has a certificate. */
export const DNS_TOKEN = {
  name: "cloudflare-dns",
  keys: {
    "api-token": {
      description: "Cloudflare API token with Zone:Read and DNS:Edit on the platform's zones",
      environmentVariable: "CLOUDFLARE_DNS_API_TOKEN",
    },
  },
} as const satisfies Partial<BootstrapSecret>;

export function issuers(props: CertManagerProps, namespace: string): ManifestObject[] {
  return [letsencrypt(props), ...internalCa(namespace)];
}

function letsencrypt(props: CertManagerProps): ManifestObject {
  return new ClusterIssuer({
    metadata: { name: LETSENCRYPT_ISSUER },
    spec: {
      acme: {
        server: props.acmeServer ?? LETSENCRYPT_DIRECTORY,
        email: props.email,
        privateKeySecretRef: { name: "letsencrypt-account" },
        solvers: [
          {
            selector: { dnsZones: [...props.zones] },
            dns01: { cloudflare: { apiTokenSecretRef: { name: DNS_TOKEN.name, key: "api-token" } } },
          },
        ],
      },
    },
  });
}

function internalCa(namespace: string): ManifestObject[] {
  return [
    new ClusterIssuer({ metadata: { name: SELF_SIGNED_ISSUER }, spec: { selfSigned: {} } }),
    new Certificate({
      metadata: { name: INTERNAL_ISSUER, namespace },
      spec: {
        isCA: true,
        commonName: INTERNAL_ISSUER,
        secretName: INTERNAL_ISSUER,
        duration: "87600h",
        renewBefore: "8760h",
        // A new key would be a new CA: whoever trusts the old one would refuse what the new one signs. The default has
        // been to rotate since cert-manager 1.18.
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
        issuerRef: { kind: "ClusterIssuer", name: SELF_SIGNED_ISSUER },
      },
    }),
    new ClusterIssuer({ metadata: { name: INTERNAL_ISSUER }, spec: { ca: { secretName: INTERNAL_ISSUER } } }),
  ];
}
