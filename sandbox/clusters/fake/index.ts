import { selfSigned } from "../../providers/hooks/certificates";
import type { ClusterConnection, ClusterDriver, ClusterSpec } from "../driver";

/** Clusters that do not exist: their credentials look real, parse, and reach nothing, for the name does not resolve. */
export class FakeClusters implements ClusterDriver {
  readonly name = "fake";

  async create({ id, digest }: ClusterSpec): Promise<ClusterConnection> {
    const client = selfSigned(`${digest} client`, "admin");
    return {
      server: `https://${id}.vultr-k8s.com:6443`,
      certificateAuthority: selfSigned(`${digest} ca`, "kubernetes").certificate,
      clientCertificate: client.certificate,
      clientKey: client.key,
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    };
  }

  async setPool(): Promise<void> {
    // Nodes are nothing but what the world says of them.
  }

  async removePool(): Promise<void> {
    // As above.
  }

  async delete(): Promise<void> {
    // There is nothing to end.
  }
}
