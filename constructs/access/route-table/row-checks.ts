import type { Finding } from "../../core/rules";
import { LONGEST_PATH } from "./render";
import { ROUTE_CLASSES, type Route } from "./route";

/** A path as a client sends it: what could end the text of a rule, or be read in two ways, is refused. */
const PATH = /^\/(?:[A-Za-z0-9._~@!$&'()*+,=:-]+\/)*(?:[A-Za-z0-9._~@!$&'()*+,=:-]+)?$/;

/** What is wrong with a row for itself. */
export function checkRow(host: string, route: Route): Finding[] {
  const row = `${route.class} route ${route.name} (${host}${route.path})`;
  return [...checkClass(row, route), ...checkPath(row, route), ...checkPrefix(row, route), ...checkLimits(row, route)];
}

/** The types allow none of this; who writes JavaScript, or reads a table from a file, is told here. */
function checkClass(row: string, route: Route): Finding[] {
  const findings: Finding[] = [];
  if (!ROUTE_CLASSES.includes(route.class)) {
    findings.push({ problem: `${row} has no class`, value: route.class, fix: `Use ${ROUTE_CLASSES.join(", ")}.` });
  }
  if (route.class !== "gated" && "gate" in route) {
    findings.push({
      problem: `${row} names a gate, and would be reachable without it`,
      value: String(route.gate),
      fix: "Make it gated, or leave the gate out.",
    });
  }
  if (route.methods?.length === 0) {
    findings.push({
      problem: `${row} takes no method`,
      fix: "Name its methods, or leave them out to take every method.",
    });
  }
  return findings;
}

function checkPath(row: string, { path }: Route): Finding[] {
  const findings: Finding[] = [];
  if (!PATH.test(path) || path.split("/").some((part) => part === "." || part === "..")) {
    findings.push({
      problem: `${row} has a path that no client sends so`,
      value: path,
      fix: "Begin it with /, without dots that lead up, double slashes, encoded or special characters.",
    });
  }
  if (path.length > LONGEST_PATH) {
    findings.push({ problem: `${row} has a path of ${path.length} characters`, fix: `Use at most ${LONGEST_PATH}.` });
  }
  return findings;
}

function checkPrefix(row: string, route: Route): Finding[] {
  const prefix = route.class === "denied" ? undefined : route.stripPrefix;
  const { path } = route;
  if (prefix === undefined || path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`))
    return [];
  return [{ problem: `${row} takes a prefix off that its path does not have`, value: prefix, fix: "Correct it." }];
}

/** Traefik reads 0 as "no limit". */
function checkLimits(row: string, route: Route): Finding[] {
  if (route.class === "denied" || route.class === "gated") return [];
  const { rateLimit, maxBodyBytes } = route;
  const limits = [rateLimit?.average, rateLimit?.burst, maxBodyBytes];
  return limits
    .filter((limit) => limit !== undefined && !(Number.isInteger(limit) && limit > 0))
    .map((value) => ({
      problem: `${row} has a limit that limits nothing`,
      value,
      fix: "Use a whole number from 1, or leave the limit out.",
    }));
}
