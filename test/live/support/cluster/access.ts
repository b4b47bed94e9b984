import { statSync } from "node:fs";
import { request } from "node:https";
import path from "node:path";
import { makeNamespace } from "./deployments";
import { PROD, type TwoClusters } from "./two-clusters";

/** The clusters are two, and nobody but their owner gets in. */
export function accessTests(world: TwoClusters): void {
  test("are ready in less than 15 s, and whoever wants to know is told before anybody uses them", () => {
    const { clusters, told } = world;
    expect(told.map(({ label }) => label).sort()).toEqual(["platform", "prod"]);
    for (const { bootSeconds } of clusters.running()) expect(bootSeconds).toBeLessThan(15);
    expect(clusters.running().map(({ connection }) => connection)).toEqual(
      expect.arrayContaining(told.map(({ connection }) => connection)),
    );
  });

  test("are different ones: what is made in one is not in the other", async () => {
    const { platform, prod, clusters } = world;
    await makeNamespace(platform, "only-here");
    await expect(prod.core.readNamespace({ name: "only-here" })).rejects.toMatchObject({ code: 404 });
    const [one, other] = clusters.running();
    expect(one?.connection.certificateAuthority).not.toBe(other?.connection.certificateAuthority);
    expect(one?.connection.server).not.toBe(other?.connection.server);
  });

  test("asked for again, a cluster is the one that runs", async () => {
    const { clusters } = world;
    const pids = clusters.pids(PROD.id);
    const connection = await clusters.create(PROD);
    expect(connection).toEqual(clusters.running().find(({ id }) => id === PROD.id)?.connection);
    expect(clusters.pids(PROD.id)).toEqual(pids);
  });

  test("only their owner can read their keys", () => {
    const { folder } = world;
    for (const name of ["pki/ca-key.pem", "pki/admin-key.pem", "pki/service-accounts-key.pem", "kubeconfig"]) {
      expect(statSync(path.join(folder, PROD.id, name)).mode & 0o077).toBe(0);
    }
    expect(statSync(path.join(folder, PROD.id)).mode & 0o077).toBe(0);
  });

  test("without credentials only the health of a cluster can be asked for", async () => {
    const { clusters } = world;
    const { connection } = clusters.running()[0] ?? {};
    const ask = (url: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { ca: connection?.certificateAuthority, agent: false };
        const asked = request(`${connection?.server}${url}`, options, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on("error", reject);
        asked.end();
      });
    expect(await Promise.all(["/readyz", "/livez", "/healthz"].map(ask))).toEqual([200, 200, 200]);
    expect(await Promise.all(["/version", "/api/v1/namespaces", "/apis"].map(ask))).toEqual([401, 401, 401]);
  });
}
