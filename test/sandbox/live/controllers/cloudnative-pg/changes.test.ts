import { SECRETS } from "../../../../../sandbox/live/controllers/api/core";
import { CLUSTERS } from "../../../../../sandbox/live/controllers/cloudnative-pg/objects";
import { PODS } from "../../../../../sandbox/live/controllers/pods/objects";
import { CLAIMS } from "../../../../../sandbox/live/controllers/volumes";
import { eventually, settled } from "../support/view";
import { NAMESPACE, OperatorBench } from "./support/bench";

let bench: OperatorBench;
beforeEach(() => {
  bench = new OperatorBench();
});
afterEach(() => bench.stop());

describe("a PostgreSQL cluster", () => {
  test("writes nothing once all is as it should be", async () => {
    bench.make();
    await bench.healthy();
    await settled(bench);
    const before = bench.api.changes.length;
    bench.api.put(CLUSTERS, { metadata: { name: "pg", namespace: NAMESPACE, labels: { touched: "yes" } } });
    await settled(bench);
    expect(bench.api.changes.slice(before)).toEqual([]);
  });

  test("sets the passwords of its roles once its primary serves, and follows only a secret that is labelled so", async () => {
    const secret = (name: string, value: string, labels: Record<string, string>) =>
      bench.api.put(SECRETS, { metadata: { name, namespace: NAMESPACE, labels }, data: { password: btoa(value) } })
        .metadata.resourceVersion;
    const labels = { "cnpg.io/reload": "true" };
    const first = [secret("followed", "1", labels), secret("ignored", "1", {})];
    const role = (name: string) => ({ name, passwordSecret: { name } });
    bench.make({ managed: { roles: [role("followed"), role("ignored"), { name: "without" }] } });
    await settled(bench);
    expect(bench.status()?.managedRolesStatus?.passwordStatus).toEqual({});
    bench.serve("pg-1", "pg-2");
    const versions = (followed: string | undefined, ignored: string | undefined) => ({
      followed: { resourceVersion: followed },
      ignored: { resourceVersion: ignored },
    });
    await eventually(() =>
      expect(bench.status()?.managedRolesStatus?.passwordStatus).toEqual(versions(first[0], first[1])),
    );
    const next = secret("followed", "2", labels);
    secret("ignored", "2", {});
    await eventually(() =>
      expect(bench.status()?.managedRolesStatus?.passwordStatus).toEqual(versions(next, first[1])),
    );
  });

  test("gives up what is too many, and grows its volumes", async () => {
    bench.make();
    await bench.healthy();
    bench.make({ instances: 1, storage: { size: "20Gi", storageClass: "vultr-block-storage" } });
    await eventually(() => expect([bench.names(PODS), bench.names(CLAIMS)]).toEqual([["pg-1"], ["pg-1"]]));
    await eventually(() =>
      expect(bench.api.read(CLAIMS, "pg-1", "team")?.spec.resources?.requests).toEqual({ storage: "20Gi" }),
    );
  });

  test("restarts for another image, the primary last and one at a time", async () => {
    bench.make();
    await bench.healthy();
    await settled(bench);
    const before = bench.api.changes.length;
    bench.make({ imageName: "postgresql:18" });
    const image = (name: string) => bench.api.read(PODS, name, "team")?.spec.containers[0]?.image;
    await eventually(() => expect([image("pg-1"), image("pg-2")]).toEqual(["postgresql:17", "postgresql:18"]));
    await settled(bench);
    expect(image("pg-1")).toBe("postgresql:17");
    bench.api.put(PODS, { metadata: { name: "pg-2", namespace: NAMESPACE }, status: { phase: "Pending" } });
    bench.serve("pg-2");
    await eventually(() => expect(image("pg-1")).toBe("postgresql:18"));
    const deleted = bench.api.changes.slice(before).filter((change) => change.startsWith("DELETE"));
    expect(deleted).toEqual(["DELETE pods team/pg-2", "DELETE pods team/pg-1"]);
  });
});
