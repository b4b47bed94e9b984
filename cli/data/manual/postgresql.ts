import type { Placed, StoreManual } from ".";
import { consumersOf } from "./consumers";

/** The full names: other operators have kinds called Cluster and Database too. */
const CLUSTERS = "clusters.postgresql.cnpg.io";
const DATABASES = "databases.postgresql.cnpg.io";

/**
 * CloudNativePG: a generation is a Cluster, recovered from a base backup and the archived log.
 *
 * @see https://cloudnative-pg.io/documentation/current/recovery/
 */
export const postgresql: StoreManual = {
  state: ({ from, to }) =>
    to === undefined
      ? `It brings back the newest transaction that generation ${from} archived; the archive is some minutes behind.`
      : `It brings back every transaction that generation ${from} committed up to then, and none after.`,
  caution:
    "PostgreSQL can't reach a moment after the last archived transaction, and fails. Leave --to out when nothing was written since.",
  patienceHours: 2,
  unused: ({ namespace, name }) => ({
    does: `Make sure that no ${name} is left from an earlier attempt: it would be taken as it is.`,
    run: [`kubectl get ${CLUSTERS} -n ${namespace}`],
  }),
  watch: ({ namespace, name }) => ({
    does: "Meanwhile, and when it fails:",
    run: [
      `kubectl get ${CLUSTERS}/${name} -n ${namespace} --watch`,
      `kubectl logs -n ${namespace} -l cnpg.io/cluster=${name} --all-containers --prefix --tail=50`,
    ],
  }),
  look: (placed) => [
    {
      does: "Look at what it holds, as the server's superuser inside the pod:",
      run: [
        shell(placed, "psql", "-it"),
        ...consumersOf(placed.environment).map(({ database, probe }) =>
          shell(placed, `psql ${database} -c '${probe.postgresql}'`),
        ),
      ],
    },
    {
      does: "Or with a program of your own, as the application's user, over TLS (sslmode=require):",
      run: [`kubectl port-forward -n ${placed.namespace} service/${placed.name}-rw 15432:5432`],
    },
  ],
  remove: ({ namespace, name, environment }) => ({
    does: "The environment retains its data, so the objects outlive their declaration. Delete them when nobody wants them any more:",
    run: [
      ...consumersOf(environment).map(
        ({ database }) => `kubectl delete -n ${namespace} ${DATABASES}/${name}-${database.replaceAll("_", "-")}`,
      ),
      `kubectl delete -n ${namespace} ${CLUSTERS}/${name}`,
    ],
  }),
  stays: ({ name }) => `postgresql/${name}/ in the bucket; once its cluster is gone nothing prunes it any more.`,
};

function shell({ namespace, name }: Placed, command: string, flags = ""): string {
  return ["kubectl exec", flags, `-n ${namespace} service/${name}-rw -c postgres --`, command]
    .filter((part) => part !== "")
    .join(" ");
}
