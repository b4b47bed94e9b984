import { isHostBelow } from "../../core/hosts";
import type { Finding } from "../../core/rules";
import { repeated } from "../../core/texts";
import { gatePath } from "../portal-gate";
import { signOnFindings } from "../sign-on";
import type { RouteTableProps } from "./index";
import { checkNames } from "./middlewares";
import { checkOverlaps } from "./overlaps";
import { checkRow } from "./row-checks";

/** What is wrong with a table, all of it at once. */
export function checkTable(props: RouteTableProps): Finding[] {
  const { routes } = props;
  return [
    ...checkHost(props),
    ...checkGates(props),
    ...checkLogins(props),
    ...repeated(routes.map(({ name }) => name)).map((value) => ({
      problem: `two rows of ${props.host} have one name`,
      value,
      fix: "Give each its own: it names what limits the row.",
    })),
    ...routes.flatMap((route) => checkRow(props.host, route)),
    ...(props.signOn === undefined ? [] : signOnFindings(props.signOn, routes)),
    ...checkNames(props),
    ...checkOverlaps(routes),
  ];
}

/** What could end the text of a rule would match other hosts. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

function checkHost({ host, zones }: RouteTableProps): Finding[] {
  if (!HOST.test(host)) {
    const fix = "Use labels of lower-case letters, digits and hyphens.";
    return [{ problem: "host of a route table is not valid", value: host, fix }];
  }
  if (zones.some((zone) => isHostBelow(host, zone))) return [];
  return [
    {
      problem: "host is outside every zone of the platform",
      value: host,
      fix: `Use a host below ${zones.join(" or ")}, or add its zone to platform.yaml.`,
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

/** Rows where a gate of the table serves its login: they would never be reached, or keep everybody from logging in. */
function checkLogins({ host, routes, gates = {} }: RouteTableProps): Finding[] {
  const used = Object.keys(gates).filter((name) =>
    routes.some((route) => route.class === "gated" && route.gate === name),
  );
  return used.flatMap((gate) =>
    routes.flatMap((route): Finding[] => {
      const row = `${route.class} route ${route.name} (${host}${route.path})`;
      const login = gatePath(gate);
      if (isBelow(route.path, login)) {
        const problem = `${row} stands where gate ${gate} serves its login`;
        return [{ problem, value: route.path, fix: `Use a path outside ${login}/.` }];
      }
      const reads = route.methods === undefined || route.methods.includes("GET");
      const wider = route.match === "prefix" && isBelow(login, route.path.replace(/\/$/, ""));
      if (route.class !== "denied" || !reads || !wider) return [];
      const problem = `${row} denies the login of gate ${gate} too`;
      return [{ problem, value: route.path, fix: `Narrow it to paths outside ${login}/.` }];
    }),
  );
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
