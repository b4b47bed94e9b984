import { layer } from "../../../constructs/components/shared/values";
import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";
import { Failure } from "../../run/failure";

/** Who announces clients by PROXY protocol here: the clients of the tests play the load balancer. */
export const LOAD_BALANCER = "127.0.0.1";

/** Entry point of the harness alone, which says whether Traefik runs. */
export const PING = "ping";

/** What the chart passes on of an entry point, and what it needs for the Service and the pod. */
const PASSED_ON = ["forwardedHeaders", "proxyProtocol", "http", "transport"];
const NOT_FOR_TRAEFIK = ["port", "exposedPort", "protocol", "expose"];
/** What the chart says where the values say nothing: a Service without pods answers 503, its route does not go. */
const CHART_DEFAULTS: JsonObject = { allowEmptyServices: true };
/** The chart writes the same of each request, whatever is set beside it. */
const ACCESS_LOG_DEFAULTS = { fields: { defaultMode: "keep", headers: { defaultMode: "drop" } } };

export interface StaticOptions {
  /** Values of the Traefik release, as they are rendered. */
  readonly values: JsonObject;
  /** Port of 127.0.0.1 of each entry point, and of {@link PING}. */
  readonly ports: ReadonlyMap<string, number>;
}

/**
 * The static configuration that the chart would make from its values, for an API server outside. What is different:
 * addresses are this machine's, the network of the load balancers is this machine, and changed routes are taken at once.
 * A setting of an entry point that is not known here is an error, so that none is left out silently.
 *
 * @see https://github.com/traefik/traefik-helm-chart/blob/master/traefik/templates/_podtemplate.tpl
 * @throws Failure when the values say something that this does not know
 */
export function staticConfiguration({ values, ports }: StaticOptions): JsonObject {
  const address = (name: string): string => `127.0.0.1:${ports.get(name) ?? 0}`;
  const { enabled, ...crd } = part(part(values, "providers"), "kubernetesCRD");
  if (enabled !== true) throw new Failure("The values of Traefik do not switch on providers.kubernetesCRD.");
  return {
    global: part(values, "global"),
    log: part(values, "log"),
    ...accessLog(part(values, "accessLog")),
    api: part(values, "api"),
    ping: { entryPoint: PING },
    providers: { providersThrottleDuration: "50ms", kubernetesCRD: { ...CHART_DEFAULTS, ...crd } },
    entryPoints: {
      [PING]: { address: address(PING) },
      ...Object.fromEntries(
        entryPointsOf(values).map((name) => [
          name,
          { address: address(name), ...entryPoint(name, part(part(values, "ports"), name)) },
        ]),
      ),
    },
  };
}

/** Names of the entry points that the values have. */
export function entryPointsOf(values: JsonObject): string[] {
  return Object.entries(part(values, "ports")).flatMap(([name, port]) => (port === null ? [] : [name]));
}

function entryPoint(name: string, settings: JsonObject): JsonObject {
  const unknown = Object.keys(settings).filter((key) => ![...PASSED_ON, ...NOT_FOR_TRAEFIK].includes(key));
  if (unknown.length > 0) {
    throw new Failure(`Entry point ${name} of Traefik has settings that are not tested: ${unknown.join(", ")}.
Add them to sandbox/live/traffic/static-configuration.ts as the chart passes them on.`);
  }
  const { tls, ...http } = part(settings, "http");
  const ended: JsonObject = isJsonObject(tls) && tls.enabled === true ? { tls: {} } : {};
  const rest = Object.fromEntries(
    Object.entries(settings).filter(([key]) => ["forwardedHeaders", "transport"].includes(key)),
  );
  return { ...rest, ...announced(part(settings, "proxyProtocol")), http: { ...http, ...ended } };
}

/** Where it goes is the standard output, here a file. */
function accessLog({ enabled, format, fields, ...unknown }: JsonObject): JsonObject {
  if (Object.keys(unknown).length > 0) {
    throw new Failure(`The access log of Traefik has settings that are not tested: ${Object.keys(unknown).join(", ")}.
Add them to sandbox/live/traffic/static-configuration.ts as the chart passes them on.`);
  }
  if (enabled !== true) return {};
  return {
    accessLog: layer(
      { ...ACCESS_LOG_DEFAULTS, ...(format !== undefined && { format }) },
      { ...(fields !== undefined && { fields }) },
    ),
  };
}

/** Whoever may announce clients in production is this machine here; nobody stays nobody, and everybody everybody. */
function announced(protocol: JsonObject): JsonObject {
  const { trustedIPs } = protocol;
  const some = Array.isArray(trustedIPs) && trustedIPs.length > 0;
  return { proxyProtocol: some ? { ...protocol, trustedIPs: [`${LOAD_BALANCER}/32`] } : protocol };
}

function part(value: Json | undefined, name: string): JsonObject {
  const found = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(found) ? found : {};
}
