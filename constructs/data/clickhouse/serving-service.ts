import { Service } from "kubernetes-models/v1/Service";
import type { ClickhouseInstallationProps } from "./index";
import { CLICKHOUSE_PORTS } from "./traffic";

/**
 * The Service that consumers know, in front of one generation. It is not the operator's: two installations that hand a
 * Service over would write and delete the same object, and here a switch is one changed selector.
 *
 * @see https://docs.altinity.com/altinitykubernetesoperator/ for the labels of a server that takes queries
 */
export function servingService(props: ClickhouseInstallationProps, generation: string): Service {
  return new Service({
    metadata: { name: props.service, namespace: props.namespace },
    spec: {
      selector: {
        "clickhouse.altinity.com/chi": generation,
        "clickhouse.altinity.com/ready": "yes",
      },
      ports: [
        { name: "http", port: CLICKHOUSE_PORTS.http, targetPort: "http" },
        { name: "tcp", port: CLICKHOUSE_PORTS.native, targetPort: "tcp" },
      ],
    },
  });
}
