import { stringify } from "yaml";
import type { ClusterConnection } from "./driver";

/** What a kubeconfig needs of a connection. */
export type Access = Pick<ClusterConnection, "server" | "certificateAuthority" | "clientCertificate" | "clientKey">;

/** A kubeconfig as Vultr writes it: one cluster, one user, everything inside of it. */
export function kubeconfig(name: string, access: Access): string {
  const { server, certificateAuthority, clientCertificate, clientKey } = access;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { "certificate-authority-data": base64(certificateAuthority), server } }],
    contexts: [{ name, context: { cluster: name, user: "admin" } }],
    "current-context": name,
    preferences: {},
    users: [
      {
        name: "admin",
        user: { "client-certificate-data": base64(clientCertificate), "client-key-data": base64(clientKey) },
      },
    ],
  });
}

/** The encoding of everything in a kubeconfig and in Vultr's API. */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
