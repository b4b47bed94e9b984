import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { INTERNAL_ISSUER } from "../cert-manager/issuers";

export const TLS_SECRET = "vault-tls";

/** Headless Service of the servers, as the chart names it. */
export const INTERNAL_SERVICE = "vault-internal";

/** One certificate for all servers: under the names of the Services and, for raft, of each pod. */
export function certificate(namespace: string): ManifestObject {
  return new Certificate({
    metadata: { name: TLS_SECRET, namespace },
    spec: {
      secretName: TLS_SECRET,
      commonName: "vault",
      dnsNames: [
        ...names("vault", namespace),
        ...names("vault-active", namespace),
        ...names(`*.${INTERNAL_SERVICE}`, namespace),
        "localhost",
      ],
      // The command line tool inside the pod.
      ipAddresses: ["127.0.0.1"],
      usages: ["digital signature", "key encipherment", "server auth", "client auth"],
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      issuerRef: { kind: "ClusterIssuer", name: INTERNAL_ISSUER },
    },
  });
}

function names(service: string, namespace: string): string[] {
  return ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map((end) => `${service}${end}`);
}
