import { stringify } from "yaml";
import { vaultNames } from "../../../../constructs/core/names";
import { certificatePath, keyPath } from "../credentials";
import { ETCD_SOCKET } from "./etcd";
import { flags, goLimits, type Place, type Program } from "./program";

/** Networks of VKE. */
export const POD_SUBNET = "10.244.0.0/16";
export const SERVICE_SUBNET = "10.96.0.0/12";

const AUTHENTICATION = "authentication.yaml";

export function apiServer({ port, at }: Place): Program {
  return {
    args: flags({
      "etcd-servers": `unix://${ETCD_SOCKET}`,
      "bind-address": "127.0.0.1",
      "secure-port": port,
      // Nothing is told this address; without one it looks for a network, and there may be none.
      "advertise-address": "192.0.2.1",
      "endpoint-reconciler-type": "none",
      "service-cluster-ip-range": SERVICE_SUBNET,
      "authorization-mode": "RBAC",
      "authentication-config": at(AUTHENTICATION),
      "client-ca-file": at(certificatePath("ca")),
      "tls-cert-file": at(certificatePath("kube-apiserver")),
      "tls-private-key-file": at(keyPath("kube-apiserver")),
      "service-account-key-file": at(certificatePath("service-accounts")),
      "service-account-signing-key-file": at(keyPath("service-accounts")),
      "service-account-issuer": vaultNames.apiAudience,
      "api-audiences": vaultNames.apiAudience,
      // Pod Security, quotas and limits are on by default. Nothing runs in pods, so no webhook could answer.
      "disable-admission-plugins": "MutatingAdmissionWebhook,ValidatingAdmissionWebhook",
      // Pod Security says which pods may be privileged.
      "allow-privileged": true,
      profiling: false,
      "enable-priority-and-fairness": false,
      "event-ttl": "10m",
    }),
    env: goLimits(256),
  };
}

/** Who may come without credentials: probes, and nobody else. */
export function authentication(): { name: string; text: string } {
  const paths = ["/livez", "/readyz", "/healthz"].map((path) => ({ path }));
  const text = stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: paths },
  });
  return { name: AUTHENTICATION, text };
}
