import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { Authority, type Issued } from "../../live/pki";
import { kubeconfig } from "../kubeconfig";
import type { ClusterFiles } from "./files";

/** Who talks to the API server with a certificate. The groups and names are those that Kubernetes has roles for. */
const CLIENTS = {
  admin: "CN=admin,O=system:masters",
  // All controllers share its credentials, so it needs the rights of all of them.
  "kube-controller-manager": "CN=system:kube-controller-manager,O=system:masters",
  "kube-scheduler": "CN=system:kube-scheduler",
  kwok: "CN=kwok,O=system:masters",
} as const;

/** A client of the API server. */
export type ClientName = keyof typeof CLIENTS;

/** Path of a certificate or public key, below the folder of the cluster. */
export function certificatePath(name: string): string {
  return `pki/${name}.pem`;
}

/** Path of a private key, below the folder of the cluster. */
export function keyPath(name: string): string {
  return `pki/${name}-key.pem`;
}

/** Path of a client's kubeconfig, below the folder of the cluster; the one of the admin is for people, too. */
export function kubeconfigPath(name: ClientName): string {
  return name === "admin" ? "kubeconfig" : `pki/${name}.kubeconfig`;
}

/** What the admin of a cluster needs. */
export interface AdminCredentials {
  readonly certificateAuthority: string;
  readonly admin: Issued;
}

/** Makes the certificates and keys that a cluster lacks, and writes the kubeconfigs that lead to its server. */
export async function ensureCredentials(files: ClusterFiles, server: string): Promise<AdminCredentials> {
  const authority = await Authority.load(
    await ensurePair(files, "ca", async () => (await Authority.create("kubernetes")).issued),
  );
  const issue = (name: string, subject: string, hosts?: readonly string[]): Promise<Issued> =>
    ensurePair(files, name, () => authority.issue({ subject, hosts }));
  await issue("kube-apiserver", "CN=kube-apiserver", ["127.0.0.1", "localhost", "kubernetes.default.svc"]);
  await ensurePair(files, "service-accounts", serviceAccountKeys);
  const certificateAuthority = authority.certificate;
  const client = async (name: ClientName): Promise<Issued> => {
    const { certificate: clientCertificate, key: clientKey } = await issue(name, CLIENTS[name]);
    const access = { server, certificateAuthority, clientCertificate, clientKey };
    files.write(kubeconfigPath(name), kubeconfig(name, access));
    return { certificate: clientCertificate, key: clientKey };
  };
  await client("kube-controller-manager");
  await client("kube-scheduler");
  await client("kwok");
  return { certificateAuthority, admin: await client("admin") };
}

/** The certificate is written last: it stands for a whole pair. */
async function ensurePair(files: ClusterFiles, name: string, make: () => Promise<Issued>): Promise<Issued> {
  if (!files.has(certificatePath(name)) || !files.has(keyPath(name))) {
    const { certificate, key } = await make();
    files.write(keyPath(name), key);
    files.write(certificatePath(name), certificate);
  }
  return { certificate: files.read(certificatePath(name)), key: files.read(keyPath(name)) };
}

/** The key that signs the tokens of service accounts, with its public half in place of a certificate. */
async function serviceAccountKeys(): Promise<Issued> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { certificate: publicKey, key: privateKey };
}
