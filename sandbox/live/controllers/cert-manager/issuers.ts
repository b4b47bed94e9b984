import type { Issued } from "../../pki";
import { decoded, SECRETS } from "../api/core";
import { keyOf, type ResourceType, type Stored } from "../api/objects";
import type { ClusterView } from "../loop/cluster-view";
import { type Controller, controller, type Outcome } from "../loop/controller";
import { type Condition, setStatus, withCondition } from "../loop/status";
import { type Issuer, secretsNamespaceOf } from "./objects";

type Verdict = Pick<Condition, "status" | "reason" | "message">;

/** Says of issuers whether they can sign: a CA needs the secret that it names, an ACME account is had for the asking. */
export function issuers(type: ResourceType<Issuer>): Controller {
  return controller({
    name: type.kind,
    type,
    causes: ({ whenConcerned }) => whenConcerned(SECRETS, isOwnSecret),
    async reconcile(issuer, cluster): Promise<Outcome | undefined> {
      const verdict = judge(issuer, cluster);
      const observedGeneration = issuer.metadata.generation;
      const conditions = withCondition(issuer.status?.conditions, { type: "Ready", ...verdict, observedGeneration });
      await setStatus(cluster, type, issuer, { conditions, ...account(issuer) });
      return verdict.status === "True" ? undefined : { problem: verdict.message };
    },
  });
}

/** The certificate and key of a CA issuer, if they are there. */
export function signingPair(issuer: Issuer, cluster: ClusterView): Issued | undefined {
  const name = issuer.spec.ca?.secretName ?? "";
  const data = cluster.store(SECRETS).get({ name, namespace: secretsNamespaceOf(issuer) })?.data;
  const { "tls.crt": certificate, "tls.key": key } = data ?? {};
  return certificate && key ? { certificate: decoded(certificate), key: decoded(key) } : undefined;
}

function judge(issuer: Issuer, cluster: ClusterView): Verdict {
  const { acme, ca, selfSigned } = issuer.spec;
  if (selfSigned !== undefined) return { status: "True", reason: "IsReady", message: "" };
  if (acme !== undefined) {
    const message = "The ACME account was registered with the ACME server";
    return { status: "True", reason: "ACMEAccountRegistered", message };
  }
  if (ca === undefined) {
    return { status: "False", reason: "NotPlayed", message: "the sandbox plays self-signed, CA and ACME issuers only" };
  }
  if (signingPair(issuer, cluster) !== undefined) {
    return { status: "True", reason: "KeyPairVerified", message: "Signing CA verified" };
  }
  const secret = keyOf({ name: ca.secretName, namespace: secretsNamespaceOf(issuer) });
  return {
    status: "False",
    reason: "ErrGetKeyPair",
    message: `Error getting keypair for CA issuer: the secret ${secret} with tls.crt and tls.key is not there`,
  };
}

function account({ spec: { acme } }: Issuer): object {
  if (acme === undefined) return {};
  return { acme: { uri: `${new URL(acme.server).origin}/acct/sandbox`, lastRegisteredEmail: acme.email ?? "" } };
}

function isOwnSecret(issuer: Issuer, { metadata }: Stored): boolean {
  return issuer.spec.ca?.secretName === metadata.name && secretsNamespaceOf(issuer) === metadata.namespace;
}
