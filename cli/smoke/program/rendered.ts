import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import { gatewayObjects, stackIds } from "./manifests";
import { parseRule, type Rule } from "./rule";
import { type Treatment, treatmentOf } from "./treatment";

/** A rule of an IngressRoute as a stack renders it. */
export interface RenderedRule {
  readonly stack: string;
  readonly namespace: string;
  readonly entryPoint: string;
  readonly match: string;
  readonly rule: Rule;
  readonly priority: number;
  readonly treatment: Treatment;
  /** Where requests go, as in `op-api:3000`; `undefined` for nowhere. */
  readonly backend: string | undefined;
}

const named = z.object({ name: z.string(), namespace: z.string().optional() });
const ingressRoute = z.object({
  metadata: named,
  spec: z.object({
    entryPoints: z.array(z.string()).default([]),
    routes: z.array(
      z.object({
        match: z.string(),
        priority: z.number().default(0),
        middlewares: z.array(named).default([]),
        services: z
          .array(
            z.object({
              kind: z.string().optional(),
              name: z.string(),
              port: z.union([z.number(), z.string()]).optional(),
            }),
          )
          .default([]),
      }),
    ),
  }),
});
const middleware = z.object({ metadata: named, spec: z.record(z.string(), z.json()) });

/**
 * The routes of a synthesized program, as the gateway will read them.
 *
 * @param folder - output folder of the program
 * @throws StrataError when a route can't be read, or names a middleware that no stack has
 */
export function renderedRules(folder: string): readonly RenderedRule[] {
  return stackIds(folder).flatMap((stack) => {
    const objects = gatewayObjects(folder, stack);
    const middlewares = new Map<string, JsonObject>();
    for (const { kind, json, namespace } of objects) {
      if (kind !== "Middleware") continue;
      const { metadata, spec } = read(middleware, json, stack);
      middlewares.set(`${metadata.namespace ?? namespace}/${metadata.name}`, spec);
    }
    return objects
      .filter(({ kind }) => kind === "IngressRoute")
      .flatMap(({ json, namespace: own }) => {
        const { metadata, spec } = read(ingressRoute, json, stack);
        const namespace = metadata.namespace ?? own;
        const treat = (names: readonly { readonly name: string; readonly namespace?: string }[]): Treatment =>
          treatmentOf(names.flatMap((each) => chain(middlewares, each.namespace ?? namespace, each.name, stack)));
        return spec.routes.map(({ match, priority, services, middlewares: names }) => ({
          stack,
          namespace,
          entryPoint: spec.entryPoints.join(", "),
          match,
          rule: ruleOf(match, stack),
          priority,
          treatment: treat(names),
          backend: backendOf(services[0]),
        }));
      });
  });
}

/** The specifications behind a name: those of a chain stand in its place. */
function chain(
  known: ReadonlyMap<string, JsonObject>,
  namespace: string,
  name: string,
  stack: string,
): readonly JsonObject[] {
  const spec = known.get(`${namespace}/${name}`);
  if (spec === undefined) {
    const problem = "a route names a middleware that the stack does not have: the gateway drops such a route";
    throw StrataError.of({ where: stack, problem, value: `${namespace}/${name}`, fix: "Run `npm run synth` again." });
  }
  const { chain: chained } = spec;
  if (!isJsonObject(chained) || !Array.isArray(chained.middlewares)) return [spec];
  return chained.middlewares
    .filter(isJsonObject)
    .flatMap((each) => chain(known, String(each.namespace ?? namespace), String(each.name), stack));
}

function backendOf(
  service: { readonly kind?: string; readonly name: string; readonly port?: number | string } | undefined,
) {
  if (service === undefined || service.name.endsWith("@internal")) return undefined;
  return service.port === undefined ? service.name : `${service.name}:${service.port}`;
}

function ruleOf(match: string, stack: string): Rule {
  try {
    return parseRule(match);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw StrataError.of({ where: stack, problem, fix: "Correct the override that wrote it." });
  }
}

function read<T>(schema: z.ZodType<T>, json: JsonObject, stack: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const value = `${String(json.kind)}: ${z.prettifyError(parsed.error)}`;
  throw StrataError.of({ where: stack, problem: "an object of the gateway can't be read", value, fix: SYNTH });
}

const SYNTH = "Run `npm run synth` again.";
