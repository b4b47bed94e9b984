import type { Construct } from "constructs";
import { STORE_SERVICES } from "../../constructs/apps/app";
import { ClickhouseInstallation, clickhouseSecrets, clickhouseTraffic } from "../../constructs/data/clickhouse";
import { PostgresqlCluster, postgresqlSecrets, postgresqlTraffic } from "../../constructs/data/postgresql";
import { RedisInstance, redisSecret, redisTraffic } from "../../constructs/data/redis";
import type { StoreProps } from "../../constructs/data/store";
import type { DeliveredSecret } from "../../constructs/kubernetes/secret-delivery";
import type { Traffic } from "../../constructs/kubernetes/tenant-namespace/traffic";
import type { Cluster, Environment } from "../../schema/model";
import type { PlacedApp } from "../placed-apps";
import { poolPlacement } from "../pool-placement";

/** What the applications of an environment need in each kind of store. */
function claimsOf(apps: readonly PlacedApp[]) {
  const claims = apps.map(({ app, placement }) => app.claims(placement));
  return {
    postgresql: claims.flatMap((claim) => claim.postgresql ?? []),
    clickhouse: claims.flatMap((claim) => claim.clickhouse ?? []),
    redis: claims.flatMap((claim) => (claim.redis === undefined ? [] : [claim.redis])),
  };
}

/** Creates the stores that the environment has and an application uses: a store without a database would be idle. */
export function stores(
  scope: Construct,
  environment: Environment,
  cluster: Cluster,
  apps: readonly PlacedApp[],
  base: Omit<StoreProps, "size" | "placement">,
): void {
  const { postgresql, clickhouse, redis } = environment.data;
  const claims = claimsOf(apps);
  const memory = poolPlacement(cluster, "memory");
  if (postgresql !== false && claims.postgresql.length > 0) {
    new PostgresqlCluster(scope, "postgresql", {
      ...base,
      name: "postgresql",
      service: STORE_SERVICES.postgresql,
      size: postgresql,
      placement: memory,
      instances: postgresql.instances,
      databases: claims.postgresql,
    });
  }
  if (clickhouse !== false && claims.clickhouse.length > 0) {
    new ClickhouseInstallation(scope, "clickhouse", {
      ...base,
      name: "clickhouse",
      service: STORE_SERVICES.clickhouse,
      size: clickhouse,
      placement: poolPlacement(cluster, "storage"),
      databases: claims.clickhouse,
    });
  }
  if (redis === false) return;
  for (const [index, user] of claims.redis.entries()) {
    // The first keeps the service name of seed 000; each further application has an instance of its own.
    const service = index === 0 ? STORE_SERVICES.redis : `redis-${user.name}`;
    new RedisInstance(scope, service, { ...base, service, size: redis, placement: memory, user });
  }
}

/** The Kubernetes secrets of the data namespace. */
export function storeSecrets(environment: Environment, apps: readonly PlacedApp[]): DeliveredSecret[] {
  const claims = claimsOf(apps);
  return [
    ...(environment.data.postgresql === false ? [] : postgresqlSecrets(claims.postgresql)),
    ...(environment.data.clickhouse === false ? [] : clickhouseSecrets(claims.clickhouse)),
    ...(environment.data.redis === false ? [] : claims.redis.map(redisSecret)),
  ];
}

/** Only the applications of the environment reach its stores. */
export function storeTraffic(environment: Environment, apps: readonly PlacedApp[]): Traffic[] {
  const { postgresql, clickhouse, redis } = environment.data;
  const consumers = apps.map(({ placement }) => placement.namespace);
  const traffic = [
    ...(postgresql === false ? [] : postgresqlTraffic({ consumers })),
    ...(clickhouse === false ? [] : clickhouseTraffic({ consumers })),
    ...(redis === false ? [] : redisTraffic({ consumers })),
  ];
  // Several stores ask for traffic inside the namespace: once is enough.
  return [...new Map(traffic.map((rule) => [JSON.stringify(rule), rule])).values()];
}
