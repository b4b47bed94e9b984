import { createServer } from "node:https";
import { Authority } from "../../live/pki";
import { type Listening, listen } from "../../providers/http";
import { listener } from "../../providers/http/face";
import { kubernetesFace } from "../../providers/http/kubernetes";
import type { World } from "../../providers/world/world";
import type { ClusterConnection, ClusterDriver, ClusterSpec } from "../driver";

/**
 * Clusters whose API server answers from the simulated world: it serves on this machine and only reads. For programs
 * that look at a cluster, such as `strata recover`, where Terraform's own providers are simulated.
 */
export class ServedClusters implements ClusterDriver {
  readonly name = "served";
  private readonly clusters = new Map<string, Promise<Served>>();
  private authority: Promise<Authority> | undefined;
  private world: World | undefined;

  /** Says what there is to answer from: a world is made after its clusters. */
  show(world: World): void {
    this.world = world;
  }

  /** Asked again for an id that it knows it gives the same answer, so states that name the server stay right. */
  async create({ id }: ClusterSpec): Promise<ClusterConnection> {
    const serving = this.clusters.get(id) ?? this.serve();
    this.clusters.set(id, serving);
    return (await serving).connection;
  }

  async setPool(): Promise<void> {
    // Its nodes are in the world.
  }

  async removePool(): Promise<void> {
    // Its nodes are in the world.
  }

  async delete(clusterId: string): Promise<void> {
    const serving = this.clusters.get(clusterId);
    this.clusters.delete(clusterId);
    await (await serving)?.listening.stop();
  }

  /** Ends all API servers. */
  async stop(): Promise<void> {
    await Promise.all([...this.clusters.keys()].map((id) => this.delete(id)));
  }

  private async serve(): Promise<Served> {
    this.authority ??= Authority.create("simulated clusters");
    const authority = await this.authority;
    const server = await authority.issue({ subject: "CN=kube-apiserver", hosts: ["127.0.0.1", "localhost"] });
    const client = await authority.issue({ subject: "CN=admin,O=system:masters" });
    const { certificate: ca } = authority;
    let answer = listener(() => ({ status: 503, body: { message: "not ready" } }));
    const listening = await listen(
      createServer(
        { cert: server.certificate, key: server.key, ca, requestCert: true, rejectUnauthorized: false },
        (request, response) => answer(request, response),
      ),
    );
    const scope = `127.0.0.1:${listening.port}`;
    answer = listener((request) =>
      this.world === undefined
        ? { status: 503, body: { message: "not ready" } }
        : kubernetesFace(this.world, scope)(request),
    );
    const connection: ClusterConnection = {
      server: `https://${scope}`,
      certificateAuthority: ca,
      clientCertificate: client.certificate,
      clientKey: client.key,
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    };
    return { connection, listening };
  }
}

interface Served {
  readonly connection: ClusterConnection;
  readonly listening: Listening;
}
