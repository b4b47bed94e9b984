import { Agent, get as httpsGet } from "node:https";
import { FakeClusters } from "../../../sandbox/clusters/fake";
import { ServedClusters } from "../../../sandbox/clusters/served";
import { serveFaces } from "../../../sandbox/providers/http";
import { worldOf } from "./world";

const SPEC = { id: "vke", label: "platform", region: "fra", version: "v1.36.1+1", digest: "0".repeat(64) };

function ask(url: string, tls: { ca: string; cert?: string; key?: string }, headers = {}): Promise<[number, unknown]> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ ...tls, keepAlive: false });
    httpsGet(url, { agent, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("end", () => resolve([answer.statusCode ?? 0, JSON.parse(Buffer.concat(pieces).toString())]));
    }).on("error", reject);
  });
}

describe("the served APIs", () => {
  test("the clouds answer over HTTP, Vault over TLS with a certificate of its own authority", async () => {
    const faces = await serveFaces(worldOf(["vultr_vpc", "vpc", { description: "platform" }]));
    try {
      const headers = { authorization: "Bearer token" };
      const vpcs = await fetch(`${faces.vultr}/vpcs`, { headers });
      expect(await vpcs.json()).toMatchObject({ vpcs: [{ id: "vpc" }] });
      expect((await fetch(`${faces.cloudflare}/zones?name=acme.example`, { headers })).status).toBe(200);
      const status = `${faces.vault.address}/v1/sys/seal-status`;
      expect(await ask(status, { ca: faces.vault.ca })).toMatchObject([200, { sealed: false }]);
      await expect(fetch(status)).rejects.toThrow();
    } finally {
      await faces.stop();
    }
  });

  test("a served cluster answers its own administrator, keeps its address, and ends with its resource", async () => {
    const clusters = new ServedClusters();
    try {
      const connection = await clusters.create(SPEC);
      const scope = new URL(connection.server).host;
      clusters.show(worldOf(["kubernetes_namespace_v1", "vault", { metadata: [{ name: "vault" }] }, scope]));
      const { clientCertificate: cert, clientKey: key, certificateAuthority: ca } = connection;
      const url = `${connection.server}/api/v1/namespaces/vault`;
      expect(await ask(url, { ca, cert, key })).toMatchObject([200, { metadata: { name: "vault" } }]);
      expect(await ask(url, { ca })).toMatchObject([401, { reason: "Unauthorized" }]);
      expect((await clusters.create(SPEC)).server).toBe(connection.server);
      await clusters.delete(SPEC.id);
      await expect(ask(url, { ca, cert, key })).rejects.toThrow("ECONNREFUSED");
    } finally {
      await clusters.stop();
    }
  });

  test("two served clusters have two addresses; a fake one has none that resolves", async () => {
    const clusters = new ServedClusters();
    try {
      const [one, other] = await Promise.all([clusters.create(SPEC), clusters.create({ ...SPEC, id: "other" })]);
      expect(one.server).not.toBe(other.server);
      expect((await new FakeClusters().create(SPEC)).server).toBe("https://vke.vultr-k8s.com:6443");
    } finally {
      await clusters.stop();
    }
  });
});
