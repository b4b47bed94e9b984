import { Agent } from "node:https";
import { ApiServer } from "../../../../../sandbox/live/controllers/api/api-server";
import { send } from "../../../../../sandbox/live/controllers/http";
import { becomes } from "../objects";
import type { Playground } from "../playground";
import { core } from "./team";

const CONFIG_MAPS = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true };

/** Deletions of one object and no other. */
export function deletionTests(playground: Playground): void {
  describe("a deletion", () => {
    const object = { namespace: "team", name: "held" };
    const held = `${core}/configmaps/held`;

    test("of an object that has taken the name of another is refused", async () => {
      await playground.objects.make(`${core}/configmaps`, { metadata: { name: "held" } });
      const uid = String(await playground.objects.value(held, "metadata.uid"));
      const { connection } = playground.cluster;
      const { certificateAuthority: ca, clientCertificate: cert, clientKey: key, server } = connection;
      const agent = new Agent({ ca, cert, key });
      const preconditions = { uid: "00000000-0000-4000-8000-000000000000" };
      const { status } = await send({
        url: `${server}${held}`,
        agent,
        method: "DELETE",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions }),
        timeoutMs: 10_000,
      });
      agent.destroy();
      expect(status).toBe(409);

      const api = new ApiServer(connection);
      await api.delete(CONFIG_MAPS, { ...object, ...preconditions });
      expect(await playground.objects.value(held, "metadata.uid")).toBe(uid);
      // On the same connection: nothing of the body before stands in its way.
      await api.delete(CONFIG_MAPS, { ...object, uid });
      api.close();
      await becomes(() => playground.objects.find(held), undefined);
    });
  });
}
