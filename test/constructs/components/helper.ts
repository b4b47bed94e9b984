import type { App } from "cdktf";
import { parse } from "yaml";
import type { ComponentProps } from "../../../constructs/core/component";
import { unescapeTemplates } from "../../../constructs/core/escape";
import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import type { LayerStack } from "../../../constructs/core/layer-stack";
import { clusterStack, refusal, render, resourcesOf } from "../../helpers/program";

const STACK = "l2-base-test";

/** Creates a component in a stack. */
export type Build = (stack: LayerStack, base: ComponentProps) => void;

const build = (create: Build, props: Partial<ComponentProps>) => (app: App) => {
  const { stack, target } = clusterStack(app, STACK);
  create(stack, { target, replicas: 1, protection: "delete", ...props });
};

/** What a component renders to, prepared and validated as a whole program is. */
export class Rendered {
  private constructor(private readonly json: JsonObject) {}

  static of(create: Build, props: Partial<ComponentProps> = {}): Rendered {
    return new Rendered(render(build(create, props))[STACK] ?? {});
  }

  /** The one release of this name. */
  release(name: string): JsonObject {
    const releases = resourcesOf(this.json, "helm_release").filter((release) => release.name === name);
    if (releases.length !== 1) throw new Error(`${releases.length} releases are named ${name}`);
    return releases[0] ?? {};
  }

  /** Values of a release, as Helm sees them. */
  values(name: string): JsonObject {
    const { values } = this.release(name);
    const value: unknown = parse(unescapeTemplates(Array.isArray(values) ? String(values[0]) : ""));
    return isJsonObject(value) ? value : {};
  }

  /** Objects of a kind that a release of the manifests chart carries. */
  manifests(release: string, kind: string): JsonObject[] {
    const { manifests } = this.values(release);
    return (Array.isArray(manifests) ? manifests : []).filter(isJsonObject).filter((object) => object.kind === kind);
  }

  /** Resources of a Terraform type. */
  resources(type: string): JsonObject[] {
    return resourcesOf(this.json, type);
  }

  /** The namespace of this name, as it is created. */
  namespace(name: string): JsonObject | undefined {
    return this.resources("kubernetes_namespace_v1").find((one) => at(one, "metadata.name") === name);
  }

  /** Who may reach a namespace and whom it may reach. */
  policy(namespace: string): JsonObject | undefined {
    return this.resources("kubernetes_network_policy_v1").find((one) => at(one, "metadata.namespace") === namespace);
  }
}

/** The one problem with which a component is refused. */
export function refused(create: Build, props: Partial<ComponentProps> = {}): string {
  return refusal(build(create, props));
}

/** A value deep inside JSON, by path. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path.split(".")) {
    if (Array.isArray(found)) found = found[Number(key)];
    else found = isJsonObject(found) ? found[key] : undefined;
  }
  return found;
}

/** Every container security context among chart values, by the path at which it stands. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** What every component of the catalogue keeps; `release` is the one of its chart. */
export function everyComponentKeepsTheRules(
  create: Build,
  pin: { readonly release: string; readonly namespace: string; readonly chart: string; readonly version: string },
): void {
  test("the chart is pinned to one version", () => {
    expect(Rendered.of(create).release(pin.release)).toMatchObject({ chart: pin.chart, version: pin.version });
  });

  test("the namespace enforces Pod Security restricted", () => {
    expect(at(Rendered.of(create).namespace(pin.namespace), "metadata.labels")).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
  });

  test("nothing comes from Bitnami or floats", () => {
    const rendered = Rendered.of(create, { replicas: 3 });
    const text = JSON.stringify(rendered.resources("helm_release"));
    expect(text).not.toContain("bitnami");
    expect(text).not.toContain(":latest");
  });

  test.each([1, 3] as const)("every value of ours is one that the chart knows, with %d replicas", (replicas) => {
    expect(() => Rendered.of(create, { replicas })).not.toThrow();
  });

  test("a value that the chart does not know is refused, with the nearest ones", () => {
    expect(refused(create, { values: { noSuchValue: { deeper: 1 } } })).toMatch(
      new RegExp(`chart ${pin.chart} ${pin.version} has no value noSuchValue.deeper. Use one of \\w+`),
    );
  });

  test("values of the cluster's settings are laid over the component's own", () => {
    expect(Rendered.of(create, { version: "9.9.9" }).release(pin.release).version).toBe("9.9.9");
  });
}
