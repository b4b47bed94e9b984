import { isHostBelow } from "../../core/hosts";
import type { Finding } from "../../core/rules";
import { repeated } from "../../core/texts";
import { gatePath } from "../portal-gate";
import type { RouteTableProps } from "./index";
import { checkOverlaps } from "./overlaps";
import { LONGEST_PATH } from "./render";
import type { Route } from "./route";

/** What is wrong with a table, all of it at once. */
export function checkTable(props: RouteTableProps): Finding[] {
  const { routes } = props;
  return [
    ...checkHost(props),
    ...checkGates(props),
    ...repeated(routes.map(({ name }) => name)).map((value) => ({
      problem: `two rows of ${props.host} have one name`,
      value,
      fix: "Give each its own: it names what limits the row.",
    })),
    ...routes.flatMap((route) => checkRow(props, route)),
    ...checkOverlaps(routes),
  ];
}

function checkHost(props: RouteTableProps): Finding[] {
  if (props.zones.some((zone) => isHostBelow(props.host, zone))) return [];
  return [
    {
      problem: "host is outside every zone of the platform",
      value: props.host,
      fix: `Use a host below ${props.zones.join(" or ")}, or add its zone to platform.yaml.`,
    },
  ];
}

function checkGates(props: RouteTableProps): Finding[] {
  const gates = Object.keys(props.gates ?? {});
  return props.routes.flatMap((route) =>
    route.class !== "gated" || gates.includes(route.gate)
      ? []
      : [
          {
            problem: `gated route ${route.name} (${props.host}${route.path}) names a gate that the cluster does not have`,
            value: route.gate,
            fix: gates.length === 0 ? "Declare the gate under the cluster's gates." : `Use one of ${gates.join(", ")}.`,
          },
        ],
  );
}

/** A path as a client sends it: what could end the text of a rule, or be read in two ways, is refused. */
const PATH = /^\/(?:[A-Za-z0-9._~@!$&'()*+,=:-]+\/)*(?:[A-Za-z0-9._~@!$&'()*+,=:-]+)?$/;

function checkRow({ host }: RouteTableProps, route: Route): Finding[] {
  const { name, path } = route;
  const row = `${route.class} route ${name} (${host}${path})`;
  const prefix = "stripPrefix" in route ? route.stripPrefix : undefined;
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
  if (prefix !== undefined && !(path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`))) {
    findings.push({
      problem: `${row} takes a prefix off that its path does not have`,
      value: prefix,
      fix: "Correct it.",
    });
  }
  // The types allow neither; who writes JavaScript, or reads a table from a file, is told here.
  if (route.class !== "gated" && "gate" in route) {
    findings.push({
      problem: `${row} names a gate, and would be reachable without it`,
      value: String(route.gate),
      fix: "Make it gated, or leave the gate out.",
    });
  }
  if (route.class === "gated" && isBelow(path, gatePath(route.gate))) {
    findings.push({
      problem: `${row} stands where the gate serves its own login`,
      value: path,
      fix: `Use a path outside ${gatePath(route.gate)}/.`,
    });
  }
  return findings;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
