import { at, list, type Release } from "../../../helpers/releases";
import { labelsAt, podsOf } from "./pods";

/** A port of a Service, and the port of the pods behind it: that is what network policies see. */
interface Port {
  readonly port: number;
  readonly pods: number;
  /** Labels of those pods. @default - none that a policy looks at */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Services that charts make, as their values say. */
const CHART_SERVICES: Readonly<Record<string, (release: Release) => Readonly<Record<string, Port>>>> = {
  vault: () => ({ vault: { port: 8200, pods: 8200 } }),
  "casdoor-helm-charts": ({ name, values }) => {
    const port = Number(at(values, "service", "port"));
    return { [name]: { port, pods: port } };
  },
  // Both charts name the Service after the release.
  grafana: ({ name, values }) => ({ [name]: { port: Number(at(values, "service", "port")), pods: 3000 } }),
  headlamp: ({ name, values }) => ({ [name]: { port: Number(at(values, "service", "port")), pods: 4466 } }),
  "oauth2-proxy": ({ values }) => ({
    [String(values.fullnameOverride)]: { port: Number(at(values, "service", "portNumber")), pods: 4180 },
  }),
};

/** Services of a namespace, by name. */
export function servicesOf(releases: readonly Release[]): Readonly<Record<string, Port>> {
  return Object.assign(
    {},
    ...releases.map((release) => CHART_SERVICES[release.chart]?.(release) ?? {}),
    ...releases.flatMap((release) =>
      release.objects
        .filter(({ kind }) => kind === "Service")
        .map(({ name, json }) => {
          const [first] = list(at(json, "spec", "ports"));
          const open = podsOf(releases, json).flatMap((pod) =>
            list(at(pod, "spec", "containers")).flatMap((each) => list(each.ports)),
          );
          const pods = open.find((each) => each.name === first?.targetPort)?.containerPort;
          const [pod] = podsOf(releases, json);
          return {
            [name]: { port: Number(first?.port), pods: Number(pods), labels: labelsAt(pod, "metadata", "labels") },
          };
        }),
    ),
  );
}
