import type { App } from "cdktf";
import type { Construct } from "constructs";
import { parse } from "yaml";
import { unescapeTemplates } from "../../../constructs/core/escape";
import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import type { ClusterTarget } from "../../../constructs/kubernetes/cluster-target";
import { TenantNamespace } from "../../../constructs/kubernetes/tenant-namespace";
import { clusterStack, refusals, render, resourcesOf } from "../../helpers/program";

export type Build = (scope: Construct, target: ClusterTarget) => void;

/** What a build renders on a cluster called `test`, with the namespaces that it names. */
export class Rendered {
  readonly releases: readonly JsonObject[];

  constructor(build: Build, namespaces: readonly string[]) {
    this.releases = resourcesOf(render(program(build, namespaces))["l2-base-test"], "helm_release");
  }

  release(name: string): JsonObject {
    return found(this.releases, (release) => release.name === name, `release ${name}`);
  }

  /** Chart values of a release. */
  values(name: string): JsonObject {
    const { values } = this.release(name);
    const parsed: unknown = parse(unescapeTemplates(String(Array.isArray(values) ? values[0] : "")));
    return isJsonObject(parsed) ? parsed : {};
  }

  /** Kubernetes objects of a release of the manifests chart. */
  objects(release: string): readonly JsonObject[] {
    const { manifests } = this.values(release);
    return Array.isArray(manifests) ? manifests.filter(isJsonObject) : [];
  }

  object(release: string, kind: string, name?: string): JsonObject {
    const matches = (object: JsonObject) =>
      object.kind === kind && (name === undefined || at(object, "metadata.name") === name);
    return found(this.objects(release), matches, `${kind} ${name ?? ""} in ${release}`);
  }
}

/** The problems with which a build is refused. */
export function problemsOf(build: Build, namespaces: readonly string[]): readonly string[] {
  return refusals(program(build, namespaces)).map((issue) => issue.problem);
}

/** The value at a path such as `spec.template.spec.containers.0.image`. */
export function at(value: Json | undefined, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((current, key) => {
    if (Array.isArray(current)) return current[Number(key)];
    return isJsonObject(current) ? current[key] : undefined;
  }, value);
}

/** A list at a path, as objects. */
export function list(value: Json | undefined, path: string): readonly JsonObject[] {
  const items = at(value, path);
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}

function program(build: Build, namespaces: readonly string[]) {
  return (app: App) => {
    const { stack, target } = clusterStack(app);
    for (const name of namespaces) new TenantNamespace(stack, `namespace-${name}`, { target, name });
    build(stack, target);
  };
}

function found<T>(items: readonly T[], matches: (item: T) => boolean, what: string): T {
  const item = items.find(matches);
  if (item === undefined) throw new Error(`there is no ${what}`);
  return item;
}
