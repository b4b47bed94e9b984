import type { IConstruct } from "constructs";
import { ManifestSet } from "../../../kubernetes/manifest-set";
import type { Issue } from "../../errors";
import { isCovered, wildcardOf } from "../../hosts";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import { owned } from "../../ownership";

/** An object of a cluster with the construct that brings it. */
interface Placed {
  readonly owner: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly spec: JsonObject;
}

/**
 * Every host that a gateway serves has a certificate in its cluster and a DNS record, its own or a wildcard of its first
 * label. A route without a certificate is answered with the gateway's own, which nobody trusts; a host without a record
 * is reached by nobody.
 *
 * @param complete - whether every stack of the configuration is in this build. In a partial one the record, and the
 * certificate of a route that names no secret, may belong to a stack that is not in it
 */
export function checkHosts(root: IConstruct, complete: boolean): Issue[] {
  const sets = root.node.findAll().filter((construct) => construct instanceof ManifestSet);
  const certificates = placed(sets, "Certificate");
  const names = hostRecords(root);
  const routes = placed(sets, "IngressRoute");
  const served = routes.flatMap((route) =>
    [...new Set(matchesOf(route).flatMap(hostsOf))].map((host): Served => ({ host, route })),
  );
  return [
    ...routes.flatMap((route) =>
      matchesOf(route)
        .filter((match) => hostsOf(match).length === 0)
        .map((match) => everyHost(route, match)),
    ),
    ...first(served, ({ host, route }) => `${route.cluster} ${host}`).flatMap(({ host, route }) =>
      certificateIssues(route, host, certificates, complete),
    ),
    ...first(served, ({ host }) => host)
      .filter(({ host }) => complete && !isCovered(host, names))
      .map(({ host, route }) => noRecord(route, host)),
  ];
}

/** A host with a route that serves it. */
interface Served {
  readonly host: string;
  readonly route: Placed;
}

/**
 * The routes that answer for their hosts: one that names the secret of its certificate, or else the first. A login of a
 * gate stands beside the routes that it opens, and what they lack is told once.
 */
function first(served: readonly Served[], keyOf: (each: Served) => string): Served[] {
  const known = new Map<string, Served>();
  for (const each of served) {
    const other = known.get(keyOf(each));
    if (other === undefined || (secretOf(other.route) === undefined && secretOf(each.route) !== undefined)) {
      known.set(keyOf(each), each);
    }
  }
  return [...known.values()];
}

function matchesOf({ spec }: Placed): string[] {
  return list(spec.routes).map(({ match }) => String(match));
}

/** The secret that a route names for its certificate. */
function secretOf({ spec: { tls } }: Placed): Json | undefined {
  return isJsonObject(tls) ? tls.secretName : undefined;
}

function everyHost({ owner }: Placed, value: string): Issue {
  const fix = "Begin the rule with Host(...), as RouteTable does.";
  return { where: owner, problem: "a route names no host, and would answer for every host", value, fix };
}

function certificateIssues(route: Placed, host: string, certificates: readonly Placed[], complete: boolean): Issue[] {
  const secret = secretOf(route);
  // A route that names its secret brings it; else Traefik takes any certificate of the cluster that has the name.
  if (secret === undefined && !complete) return [];
  const usable = certificates.filter(
    ({ cluster, namespace, spec }) =>
      cluster === route.cluster &&
      (secret === undefined || (namespace === route.namespace && spec.secretName === secret)),
  );
  const names = usable.flatMap(({ spec }) => (Array.isArray(spec.dnsNames) ? spec.dnsNames.map(String) : []));
  if (isCovered(host, names)) return [];
  const where = secret === undefined ? `cluster ${route.cluster}` : `secret ${String(secret)} of ${route.namespace}`;
  const fix = "Expose the host with RouteTable, or add a Certificate with its name.";
  return [{ where: route.owner, problem: `host has no certificate in ${where}`, value: host, fix }];
}

function noRecord({ owner }: Placed, host: string): Issue {
  const fix = `Add a DnsRecord for it, or for ${wildcardOf(host)}, to the stack that owns the route.`;
  return { where: owner, problem: "host has no DNS record in this program", value: host, fix };
}

/** Names that lead to an address. */
function hostRecords(root: IConstruct): string[] {
  return owned(root, "dns-record").flatMap(({ key }) => {
    const [, name = "", type = ""] = key.split("/");
    return type === "TXT" ? [] : [name];
  });
}

function hostsOf(match: string): string[] {
  return [...match.matchAll(/(?<!\w)Host\(`([^`]+)`\)/g)].map(([, host = ""]) => host.toLowerCase());
}

function placed(sets: readonly ManifestSet[], kind: string): Placed[] {
  return sets.flatMap(({ node, cluster, namespace: own, objects }) =>
    objects
      .filter((object) => object.kind === kind)
      .map(({ metadata, spec }) => ({
        owner: node.path,
        cluster,
        namespace: isJsonObject(metadata) && typeof metadata.namespace === "string" ? metadata.namespace : own,
        spec: isJsonObject(spec) ? spec : {},
      })),
  );
}

function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
