import type { Placed, StoreManual } from ".";
import { consumersOf } from "./consumers";

const INSTALLATIONS = "clickhouseinstallations.clickhouse.altinity.com";

/**
 * Altinity's operator: a generation is a ClickHouseInstallation, and a Job restores a backup into it.
 *
 * @see https://clickhouse.com/docs/operations/backup
 */
export const clickhouse: StoreManual = {
  state: ({ from, to }) => {
    const when = to === undefined ? "" : " that was complete by then";
    return `It brings back the newest backup of generation ${from}${when}; what was written after it is not in it.`;
  },
  caution:
    "A restore that was interrupted is not continued. Give it up (strata data retire), and begin again with another number.",
  patienceHours: 12,
  unused: ({ namespace, name }) => ({
    does: `Make sure that no ${name} is left from an earlier attempt: it would be taken as it is.`,
    run: [`kubectl get ${INSTALLATIONS} -n ${namespace}`],
  }),
  watch: (placed) => ({
    does: "Meanwhile, and when it fails:",
    run: [
      `kubectl logs -n ${placed.namespace} -l app.kubernetes.io/name=clickhouse,app.kubernetes.io/component=backup --all-containers --prefix --tail=20`,
      query(placed, "select id, status, error, num_files, formatReadableSize(bytes_read) from system.backups"),
    ],
  }),
  look: (placed) => [
    {
      does: "Look at what it holds, as the server's own user inside the pod:",
      run: [
        `kubectl exec -it -n ${placed.namespace} ${podOf(placed)} -c clickhouse -- clickhouse-client`,
        query(placed, "select database, table, sum(rows) from system.parts where active group by all order by all"),
        ...consumersOf(placed.environment).map(({ database, probe }) => query(placed, probe.clickhouse, database)),
      ],
    },
    {
      does: "Or over HTTP, as the application's user:",
      run: [`kubectl port-forward -n ${placed.namespace} service/clickhouse-${placed.number} 18123:8123`],
    },
  ],
  remove: ({ namespace, name }) => ({
    does: "The environment retains its data, so the objects outlive their declaration. Delete them when nobody wants them any more:",
    run: [
      `kubectl delete -n ${namespace} ${INSTALLATIONS}/${name}`,
      `kubectl delete -n ${namespace} pvc -l clickhouse.altinity.com/chi=${name}`,
    ],
  }),
  stays: ({ number }) => `clickhouse/${number}/ in the bucket, until each backup is older than it has to be kept.`,
};

/** The one replica of the one shard of its cluster `main`. */
function podOf({ name }: Placed): string {
  return `chi-${name}-main-0-0-0`;
}

function query(placed: Placed, text: string, database?: string): string {
  const chosen = database === undefined ? "" : ` --database ${database}`;
  return `kubectl exec -n ${placed.namespace} ${podOf(placed)} -c clickhouse -- clickhouse-client${chosen} --query '${text}'`;
}
