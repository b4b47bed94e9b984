import type { Construct } from "constructs";
import { STORE_SERVICES } from "../../constructs/apps/app";
import { backupDelivery, backupDeliveryWithClickhouse } from "../../constructs/data/backup-secret";
import type { BackupTarget } from "../../constructs/data/backup-target";
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
      generations: postgresql.generations,
      poolers: postgresql.poolers,
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
      generations: clickhouse.generations,
      databases: claims.clickhouse,
    });
  }
  if (redis === false) return;
  for (const { service, user } of redisInstances(apps)) {
    new RedisInstance(scope, service, { ...base, service, size: redis, placement: memory, user, engine: redis.engine });
  }
}

/** One instance for each application that wants one; the first keeps the service name of seed 000. */
function redisInstances(apps: readonly PlacedApp[]) {
  const claims = apps.map(({ app, placement }) => ({
    user: app.claims(placement).redis,
    consumer: placement.namespace,
  }));
  return claims
    .flatMap(({ user, consumer }) => (user === undefined ? [] : [{ user, consumer }]))
    .map(({ user, consumer }, index) => ({
      user,
      consumer,
      service: index === 0 ? STORE_SERVICES.redis : `redis-${user.name}`,
    }));
}

/** The Kubernetes secrets of the data namespace. */
export function storeSecrets(
  environment: Environment,
  apps: readonly PlacedApp[],
  backup: BackupTarget | undefined,
): DeliveredSecret[] {
  const claims = claimsOf(apps);
  const keys = environment.data.clickhouse === false ? backupDelivery : backupDeliveryWithClickhouse;
  return [
    ...(backup === undefined ? [] : [keys(backup.secret)]),
    ...(environment.data.postgresql === false ? [] : postgresqlSecrets(claims.postgresql)),
    ...(environment.data.clickhouse === false ? [] : clickhouseSecrets(claims.clickhouse)),
    ...(environment.data.redis === false ? [] : claims.redis.map(redisSecret)),
  ];
}

/**
 * Only the applications of the environment reach its stores.
 *
 * @param backup - whether the stores write backups
 */
export function storeTraffic(environment: Environment, apps: readonly PlacedApp[], backup: boolean): Traffic[] {
  const { postgresql, clickhouse, redis } = environment.data;
  const consumers = apps.map(({ placement }) => placement.namespace);
  const traffic = [
    ...(postgresql === false ? [] : postgresqlTraffic({ consumers, backup })),
    ...(clickhouse === false ? [] : clickhouseTraffic({ consumers, backup })),
    ...(redis === false
      ? []
      : redisInstances(apps).flatMap(({ service, consumer }) => redisTraffic({ consumers: [consumer], service }))),
  ];
  // Several stores ask for traffic inside the namespace: once is enough.
  return [...new Map(traffic.map((rule) => [JSON.stringify(rule), rule])).values()];
}
