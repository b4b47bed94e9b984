import type { Issued } from "../../pki";
import { decoded, encoded, SECRETS } from "../api/core";
import type { ClusterView } from "../loop/cluster-view";
import { sign } from "../signing";
import { CERT_MANAGER_NAMESPACE } from "./objects";

/** Secret with the authority that signs in place of an ACME server. */
export const ACME_AUTHORITY = "sandbox-acme-ca";

const TEN_YEARS_MS = 3650 * 24 * 3_600_000;

/** Gives the authority that stands for the ACME servers of a cluster; it is made once and kept in the cluster. */
export type AcmeAuthority = (cluster: ClusterView) => Promise<Issued>;

export function acmeAuthority(): AcmeAuthority {
  let asked: Promise<Issued> | undefined;
  return (cluster) => {
    const answer = asked ?? ensure(cluster);
    asked = answer;
    // What failed is tried again by the next who asks.
    answer.catch(() => (asked = undefined));
    return answer;
  };
}

async function ensure({ api }: ClusterView): Promise<Issued> {
  const metadata = { name: ACME_AUTHORITY, namespace: CERT_MANAGER_NAMESPACE };
  const { "tls.crt": certificate, "tls.key": key } = (await api.get(SECRETS, metadata))?.data ?? {};
  if (certificate && key) return { certificate: decoded(certificate), key: decoded(key) };
  const made = await sign({
    commonName: "Sandbox ACME",
    dnsNames: [],
    ipAddresses: [],
    isCa: true,
    usages: [],
    durationMs: TEN_YEARS_MS,
    algorithm: "ECDSA-256",
  });
  const data = { "tls.crt": encoded(made.certificate), "tls.key": encoded(made.key) };
  await api.apply(SECRETS, { metadata, type: "kubernetes.io/tls", data });
  return made;
}
