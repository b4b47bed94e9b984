import { postgresqlTraffic } from "../../../../constructs/data/postgresql";

describe("the network", () => {
  const DATABASE = {
    "app.kubernetes.io/name": "postgresql",
    "app.kubernetes.io/managed-by": "cloudnative-pg",
    "app.kubernetes.io/component": "database",
  };
  const OPERATED = { "app.kubernetes.io/name": "postgresql", "app.kubernetes.io/managed-by": "cloudnative-pg" };

  test("lets only the named consumers and the operator in, and only to PostgreSQL's own pods", () => {
    const traffic = postgresqlTraffic({ consumers: ["openpanel-staging"] });
    expect(traffic.filter((rule) => "from" in rule)).toEqual([
      { from: "namespace", namespace: "cnpg-system", ports: [8000, 5432], pods: DATABASE },
      { from: "namespace", namespace: "openpanel-staging", ports: [5432], pods: OPERATED },
    ]);
    expect(traffic).not.toContainEqual(expect.objectContaining({ to: "internet" }));
  });

  test("lets backups out, from the instances and from nothing else", () => {
    const traffic = postgresqlTraffic({ consumers: [], backup: true });
    expect(traffic.filter((rule) => "to" in rule && rule.to === "internet")).toEqual([
      expect.objectContaining({ ports: [443], pods: DATABASE }),
    ]);
  });
});
