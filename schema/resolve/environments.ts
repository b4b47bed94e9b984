/** Environments: a document, on top of its profile. */
import { slug } from "../../constructs/core/names";
import type { EnvironmentDocument } from "../environment";
import { parseMoment } from "../fields/texts";
import { suggest } from "../load/nearest";
import type { Source } from "../load/source";
import { APP_NAMES, type BaseType, type Environment } from "../model";
import type { Profile } from "../profiles";
import { checkApps, resolveApps } from "./apps";
import { resolveBackups } from "./backups";
import { canonical } from "./canonical";
import type { PlacedCluster } from "./clusters";
import { type Context, checkWords } from "./context";
import { resolveData } from "./data";
import { checkGenerations } from "./generations";
import { resolveHosts } from "./hosts";
import { overlay } from "./overlay";
import { placeEnvironment } from "./placement";
import { canonicalType } from "./profiles";
import type { Place } from "./report";

/** An environment document and the file it came from. */
export interface WrittenEnvironment {
  readonly source: Source;
  readonly document: EnvironmentDocument;
  /** The file's name without its extension. */
  readonly stem: string;
}

/** An environment and the cluster it brings along, if it has its own. */
export interface ResolvedEnvironment {
  readonly environment: Environment;
  readonly own?: PlacedCluster;
}

/** Where a name is written: in the document, or as the name of the file. */
export function namePlace({ source, document }: Pick<WrittenEnvironment, "source" | "document">): Place {
  return { source, path: document.name === undefined ? [] : ["name"] };
}

/**
 * Resolves one environment from platform.yaml and its own document; `undefined` where a problem left no way on.
 *
 * @param all - every environment that was read: its names are checked already
 */
export function resolveEnvironment(
  context: Context,
  written: WrittenEnvironment,
  clusters: readonly PlacedCluster[],
  all: readonly WrittenEnvironment[],
): ResolvedEnvironment | undefined {
  const { source, document, stem } = written;
  const name = document.name ?? stem;
  const at = (...path: string[]) => ({ source, path });
  const profile = typeOf(context, written, name);
  const namesake = all.some((other) => other !== written && (other.document.name ?? other.stem) === name);
  if (name !== stem && !namesake) {
    const fix = `Name the file ${name}.yaml, or leave name out: an environment is found by its file.`;
    context.report.add(at("name"), `environment ${name} stands in a file called ${stem}`, fix);
  }
  checkServices(context, written);
  if (profile === undefined) return undefined;
  const { environment: defaults } = profile;
  const protection = document.protection ?? defaults.protection ?? "retain";
  const placed = placeEnvironment(context, { name, placement: document.placement, profile }, clusters, at("placement"));
  const data = resolveData(profile, document.data);
  const backups = resolveBackups(context, { name, profile, protection, written: document.backups }, at("backups"));
  checkGenerations(context, { name, data, backups }, document.data, at("data"));
  const apps = resolveApps(profile, document.apps);
  checkApps(context, { name, apps, data }, placed.cluster, at("apps"));
  const hosts = resolveHosts(context, overlay(defaults.hosts ?? {}, document.hosts), placed.cluster, at("hosts"));
  const createdAt = document.createdAt === undefined ? undefined : parseMoment(document.createdAt);
  const expiresAt = expiry(context, written, createdAt, defaults.expiresAfterHours);
  if (placed.cluster === undefined) return undefined;
  const environment: Environment = {
    name,
    type: profile.name,
    baseType: profile.root as BaseType,
    cluster: placed.cluster.name,
    dedicated: placed.dedicated,
    ...(document.owner !== undefined && { owner: document.owner }),
    ...(document.pool !== undefined && { pool: document.pool }),
    ...(createdAt !== undefined && { createdAt }),
    ...(expiresAt !== undefined && { expiresAt }),
    lifecycle: document.lifecycle ?? "active",
    protection,
    hosts,
    access: document.access ?? {},
    data,
    backups,
    apps,
    services: document.services ?? {},
    delivery: delivery(document),
    document: canonical({ ...(source.data as object), name }),
  };
  return placed.own === undefined ? { environment } : { environment, own: placed.own };
}

function typeOf(context: Context, { source, document }: WrittenEnvironment, name: string): Profile | undefined {
  const { profiles, report } = context;
  const [word = ""] = slug(name).split("-");
  const type = document.type ?? word;
  const place = document.type === undefined ? namePlace({ source, document }) : { source, path: ["type"] };
  const profile = profiles.get(type);
  if (profile === undefined || profile.root === "platform") {
    if (profile === undefined && profiles.known.has(canonicalType(type))) return undefined;
    const fix = suggest(type, profiles.types, "type");
    const problem =
      document.type === undefined
        ? `the name of environment ${name} starts with no type`
        : `there is no environment type ${type}`;
    report.add(
      place,
      problem,
      document.type === undefined ? `${fix} Names start with their type, such as dev-${slug(name)}.` : fix,
      type,
    );
    return undefined;
  }
  if (canonicalType(word) !== profile.name) {
    const fix = `Rename it, for example to ${profile.name}-${slug(name)}: names start with their type, so that <app>-<environment> can be read back.`;
    report.add(place, `environment ${name} is of type ${profile.name}, but its name does not start with it`, fix);
  }
  return profile;
}

function checkServices(context: Context, { source, document }: WrittenEnvironment): void {
  for (const service of Object.keys(document.services ?? {})) {
    const place = { source, path: ["services", service] };
    checkWords(context, "service", service, place);
    if ((APP_NAMES as readonly string[]).includes(service)) {
      context.report.add(place, `${service} is an application of the catalogue`, `Write it under apps.`);
    }
  }
}

/** Nothing is compared with the present: whoever synthesizes later gets the same bytes. */
function expiry(
  context: Context,
  { source, document }: WrittenEnvironment,
  createdAt: string | undefined,
  hours: number | undefined,
): string | undefined {
  const stated = document.expiresAt === undefined ? undefined : parseMoment(document.expiresAt);
  if (stated !== undefined && createdAt !== undefined && stated <= createdAt) {
    const fix = `Write a moment after createdAt, ${createdAt}.`;
    context.report.add({ source, path: ["expiresAt"] }, "the environment expires before it is created", fix, stated);
  }
  if (stated !== undefined || createdAt === undefined || hours === undefined) return stated;
  return `${new Date(Date.parse(createdAt) + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
}

function delivery({ delivery: written }: EnvironmentDocument): Environment["delivery"] {
  if (written?.method !== "git") return { method: "dynamic" };
  return { method: "git", repository: written.repository, branch: written.branch ?? "main" };
}
