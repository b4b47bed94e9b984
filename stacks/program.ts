import type { App } from "cdktf";
import { StrataError } from "../constructs/core/errors";
import { stackId } from "../constructs/core/names";
import type { Platform } from "../schema/model";
import { ProgramContext, type ProgramOptions } from "./context";
import { type BackupSubject, BackupsStack } from "./l1-foundation/backups";
import { ClusterStack } from "./l1-foundation/cluster";
import { EdgeStack } from "./l1-foundation/edge";
import { NetworkStack } from "./l1-foundation/network";
import { BaseStack } from "./l2-platform/base";
import { SecretsStack } from "./l2-platform/secrets";
import { ServicesStack } from "./l2-platform/services";
import { DataStack } from "./l3-data";
import { AppsStack } from "./l4-apps";

/** Builds every stack that is asked for, from the bottom up: a stack finds the ones it reads when they are there. */
export function buildProgram(app: App, platform: Platform, options: ProgramOptions = {}): ProgramContext {
  const context = new ProgramContext(app, platform, options);
  const { zones, networks, environments } = platform;
  // The central cluster comes first: the others depend on its secrets and services.
  const clusters = [...platform.clusters].sort((a, b) => Number(b.central) - Number(a.central));
  const build = (id: string, create: () => unknown) => {
    if (context.wants(id)) create();
  };
  for (const zone of zones) build(stackId.edge(zone.name), () => new EdgeStack(context, zone));
  for (const network of networks) build(stackId.network(network.name), () => new NetworkStack(context, network));
  for (const cluster of clusters) build(stackId.cluster(cluster.name), () => new ClusterStack(context, cluster));
  for (const subject of backupSubjects(platform)) {
    const { backups } = platform;
    // The buckets of another S3-compatible store exist already.
    if (backups?.type !== "vultr") break;
    build(stackId.backups(subject.name), () => new BackupsStack(context, subject, backups));
  }
  for (const cluster of clusters) build(stackId.base(cluster.name), () => new BaseStack(context, cluster));
  for (const cluster of clusters) build(stackId.secrets(cluster.name), () => new SecretsStack(context, cluster));
  for (const cluster of clusters) build(stackId.services(cluster.name), () => new ServicesStack(context, cluster));
  for (const environment of environments) {
    build(stackId.data(environment.name), () => new DataStack(context, environment));
    build(stackId.apps("apps", environment.name), () => new AppsStack(context, environment));
  }
  if (app.node.children.length === 0) {
    throw StrataError.of({
      where: "STRATA_ONLY",
      problem: "no stack matches",
      value: options.only ?? "*",
      fix: "Use the id of a stack, or a pattern such as '*-prod'.",
    });
  }
  return context;
}

/** Whatever has backups: the central cluster with Vault and the identity provider, and environments. */
function backupSubjects({ clusters, environments }: Platform): BackupSubject[] {
  return [...clusters.filter(({ central }) => central), ...environments.filter(({ backups }) => backups !== false)];
}
