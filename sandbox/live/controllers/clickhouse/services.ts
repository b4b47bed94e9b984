import type { Service } from "../api/core";
import type { Draft } from "../api/objects";
import { type Host, type Installation, labelsOf, metadataOf, named } from "./objects";

const PORTS = [
  { name: "http", port: 8123, targetPort: "http", protocol: "TCP" as const },
  { name: "tcp", port: 9000, targetPort: "tcp", protocol: "TCP" as const },
];

/** The Service of a whole installation, under the name of its template, or the operator's own. */
export function installationService(installation: Installation): Draft<Service> {
  const { metadata, spec } = installation;
  const template = named(
    spec.templates?.serviceTemplates,
    spec.defaults?.templates?.serviceTemplate,
    "service template",
  );
  const name = (template?.generateName ?? "clickhouse-{chi}").replaceAll("{chi}", metadata.name);
  if (name.includes("{")) throw new Error(`the sandbox knows no macro but {chi} in the name of a Service: ${name}`);
  const meta = metadataOf(installation, name, { ...template?.metadata?.labels, ...labelsOf(installation) });
  return {
    metadata: { ...meta, annotations: { ...template?.metadata?.annotations } },
    spec: {
      type: "ClusterIP",
      ports: PORTS,
      ...template?.spec,
      selector: { ...labelsOf(installation), "clickhouse.altinity.com/ready": "yes" },
    },
  };
}

/** The Service of one host: its name in the network. */
export function hostService(installation: Installation, host: Host): Draft<Service> {
  return {
    metadata: metadataOf(installation, host.name, host.labels),
    spec: {
      type: "ClusterIP",
      clusterIP: "None",
      publishNotReadyAddresses: true,
      ports: [...PORTS, { name: "interserver", port: 9009, targetPort: "interserver", protocol: "TCP" }],
      selector: { ...host.labels },
    },
  };
}
