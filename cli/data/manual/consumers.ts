import { APP, DATABASE, USERS, workload } from "../../../constructs/apps/openpanel/names";
import { appNamespace } from "../../../constructs/core/names";
import type { Environment } from "../../../schema/model";
import type { RestorableStore } from "../stores";

/** Workloads of one application that use the stores. */
export interface Consumer {
  readonly app: string;
  readonly namespace: string;
  readonly deployments: readonly { readonly name: string; readonly replicas: number }[];
  readonly database: string;
  readonly user: string;
  /** A query for each store that shows how much is there and how new it is. */
  readonly probe: Readonly<Record<RestorableStore, string>>;
}

/** Which applications of an environment use its stores. */
export function consumersOf({ name, apps }: Environment): readonly Consumer[] {
  const { openpanel } = apps;
  if (openpanel === undefined) return [];
  const { api, worker } = openpanel.replicas;
  return [
    {
      app: APP,
      namespace: appNamespace(APP, name),
      // The dashboard reaches no store: it asks the API.
      deployments: [
        { name: workload("api"), replicas: api.min },
        { name: workload("worker"), replicas: worker.min },
      ],
      database: DATABASE,
      user: USERS.owner,
      probe: {
        postgresql: 'select count(*) as projects, max("updatedAt") as newest from projects',
        clickhouse: "select count() as events, max(created_at) as newest from events",
      },
    },
  ];
}
