import { X509Certificate } from "node:crypto";
import type { Issued } from "../../pki";
import { decoded, encoded, SECRETS, type Secret } from "../api/core";
import type { Stored } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { type Condition, setStatus, timestamp, withCondition } from "../loop/status";
import { type KeyAlgorithm, sign } from "../signing";
import { type AcmeAuthority, acmeAuthority } from "./acme";
import { CERTIFICATE_NAME, durationOf, type Held, heldBy, identity, times } from "./held";
import { signingPair } from "./issuers";
import { CERTIFICATES, type Certificate, CLUSTER_ISSUERS, ISSUERS, type Issuer } from "./objects";

const DEFAULT_USAGES = ["digital signature", "key encipherment"];

/** A timer cannot be set much further. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Gives certificates their secrets: signed by the issuer that they name, and anew when it is time. */
export function certificates(): Controller {
  const acme = acmeAuthority();
  return controller({
    name: "Certificate",
    type: CERTIFICATES,
    causes: ({ whenConcerned }) => {
      whenConcerned(SECRETS, isOwnSecret);
      whenConcerned(ISSUERS, isIssuer);
      whenConcerned(CLUSTER_ISSUERS, isIssuer);
    },
    async reconcile(certificate, cluster): Promise<Outcome | undefined> {
      const known = heldBy(certificate, cluster.store(SECRETS).get(secretName(certificate)));
      if (known !== undefined) return ready(certificate, known, certificate.status?.revision ?? 1, cluster);
      // The copy here may be behind what was just written, and a second key would take the place of the first.
      const secret = await cluster.api.get(SECRETS, secretName(certificate));
      const held = heldBy(certificate, secret);
      if (held !== undefined) return ready(certificate, held, certificate.status?.revision ?? 1, cluster);
      const problem = otherOwner(certificate, secret) ?? (await issue(certificate, secret, cluster, acme));
      if (typeof problem === "string") return pending(certificate, problem, cluster);
      return ready(certificate, problem, (certificate.status?.revision ?? 0) + 1, cluster);
    },
  });
}

/** Signs and writes; answers with what was written, or with what is in the way. */
async function issue(
  certificate: Certificate,
  secret: Secret | undefined,
  cluster: ClusterView,
  acme: AcmeAuthority,
): Promise<Held | string> {
  const { spec, metadata } = certificate;
  const issuer = issuerOf(certificate, cluster);
  const called = `${spec.issuerRef.kind ?? "Issuer"} ${spec.issuerRef.name}`;
  if (issuer === undefined) return `${called} is not there`;
  if (!issuer.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) {
    return `${called} is not ready`;
  }
  const authority = issuer.spec.acme !== undefined ? await acme(cluster) : signingPair(issuer, cluster);
  if (authority === undefined && issuer.spec.selfSigned === undefined) return `${called} has nothing to sign with`;
  const kept = spec.privateKey?.rotationPolicy === "Never" ? secret?.data?.["tls.key"] : undefined;
  const issued = await sign(
    {
      commonName: spec.commonName,
      dnsNames: spec.dnsNames ?? [],
      ipAddresses: spec.ipAddresses ?? [],
      isCa: spec.isCA ?? false,
      usages: spec.usages ?? DEFAULT_USAGES,
      durationMs: durationOf(spec),
      algorithm: algorithm(spec.privateKey),
      key: kept === undefined ? undefined : decoded(kept),
    },
    authority,
  );
  await cluster.api.apply(SECRETS, {
    metadata: {
      ...secretName(certificate),
      labels: { ...spec.secretTemplate?.labels, "controller.cert-manager.io/fao": "true" },
      annotations: { ...spec.secretTemplate?.annotations, ...identity(certificate) },
    },
    type: "kubernetes.io/tls",
    data: content(issued, issuer, authority),
  });
  cluster.say(`Certificate ${metadata.namespace}/${metadata.name}: signed by ${called}`);
  return times(certificate, new X509Certificate(issued.certificate));
}

/** An ACME server gives the whole chain and no CA: who trusts it has it already. */
function content(
  { certificate, key }: Issued,
  { spec }: Issuer,
  authority: Issued | undefined,
): Record<string, string> {
  const ca = authority?.certificate ?? certificate;
  const chain = spec.acme === undefined ? certificate : certificate + ca;
  return {
    "tls.crt": encoded(chain),
    "tls.key": encoded(key),
    ...(spec.acme === undefined && { "ca.crt": encoded(ca) }),
  };
}

/** RSA where it is asked for by name only: what cert-manager takes by default costs a hundred times as much to make. */
function algorithm(key: Certificate["spec"]["privateKey"]): KeyAlgorithm {
  if (key?.algorithm === "RSA") return "RSA";
  return key?.size === 384 ? "ECDSA-384" : "ECDSA-256";
}

async function ready(
  certificate: Certificate,
  { notBefore, notAfter, renewal }: Held,
  revision: number,
  cluster: ClusterView,
): Promise<Outcome> {
  await setStatus(cluster, CERTIFICATES, certificate, {
    conditions: condition(certificate, "True", "Ready", "Certificate is up to date and has not expired"),
    notBefore: timestamp(notBefore),
    notAfter: timestamp(notAfter),
    renewalTime: timestamp(renewal),
    revision,
  });
  return { againMs: Math.min(Math.max(renewal.getTime() - Date.now(), 1000), LONGEST_WAIT_MS) };
}

async function pending(certificate: Certificate, problem: string, cluster: ClusterView): Promise<Outcome> {
  const conditions = condition(certificate, "False", "DoesNotExist", `Issuing certificate: ${problem}`);
  await setStatus(cluster, CERTIFICATES, certificate, { conditions });
  return { problem };
}

function condition(
  { metadata, status }: Certificate,
  value: Condition["status"],
  reason: string,
  message: string,
): Condition[] {
  const observedGeneration = metadata.generation;
  return withCondition(status?.conditions, { type: "Ready", status: value, reason, message, observedGeneration });
}

function otherOwner({ metadata }: Certificate, secret: Secret | undefined): string | undefined {
  const owner = secret?.metadata.annotations?.[CERTIFICATE_NAME] ?? metadata.name;
  return owner === metadata.name ? undefined : `the secret ${secret?.metadata.name} belongs to Certificate ${owner}`;
}

function issuerOf({ metadata, spec }: Certificate, cluster: ClusterView): Issuer | undefined {
  const { name, kind } = spec.issuerRef;
  if (kind === CLUSTER_ISSUERS.kind) return cluster.store(CLUSTER_ISSUERS).get({ name });
  return cluster.store(ISSUERS).get({ name, namespace: metadata.namespace });
}

function secretName({ metadata, spec }: Certificate) {
  return { name: spec.secretName, namespace: metadata.namespace };
}

function isOwnSecret(certificate: Certificate, { metadata }: Stored): boolean {
  return metadata.name === certificate.spec.secretName && metadata.namespace === certificate.metadata.namespace;
}

function isIssuer({ spec, metadata }: Certificate, issuer: Stored): boolean {
  const { name, namespace } = issuer.metadata;
  return spec.issuerRef.name === name && (namespace === undefined || namespace === metadata.namespace);
}
