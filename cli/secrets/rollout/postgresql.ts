import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { listAll, read } from "../../kubernetes/listing";
import { type Look, until } from "../../kubernetes/waiting";
import { deliveredState } from "./delivered";
import type { DeliveredSecret } from "./external-secrets";
import { finishWith, folderOf, type ReachedPlace, type RolloutRun } from "./model";

const cluster = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    managed: z
      .object({
        roles: z
          .array(z.object({ name: z.string(), passwordSecret: z.object({ name: z.string() }).nullish() }))
          .nullish(),
      })
      .nullish(),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      managedRolesStatus: z
        .object({
          passwordStatus: z.record(z.string(), z.object({ resourceVersion: z.string().optional() })).nullish(),
          cannotReconcile: z.record(z.string(), z.array(z.string())).nullish(),
        })
        .nullish(),
    })
    .prefault({}),
});

/** A role whose password an operator sets from a secret. */
export interface PostgresqlRole {
  /** Name of the cluster that it is a role of. */
  readonly cluster: string;
  readonly role: string;
  readonly secret: string;
}

const folder = (place: ReachedPlace) => folderOf(place, "postgresql.cnpg.io/v1", "clusters");

/** The roles of a namespace whose passwords stand in one of the secrets. */
export async function rolesUsing(place: ReachedPlace, secrets: readonly string[]): Promise<readonly PostgresqlRole[]> {
  return (await listAll(place.api, folder(place), cluster)).flatMap(({ metadata, spec }) =>
    (spec.managed?.roles ?? []).flatMap(({ name: role, passwordSecret }) =>
      passwordSecret && secrets.includes(passwordSecret.name)
        ? [{ cluster: metadata.name, role, secret: passwordSecret.name }]
        : [],
    ),
  );
}

/**
 * Waits until a role has the password of its secret. The server needs no restart: the operator tells of each role from
 * which version of its secret it set the password.
 *
 * @see https://cloudnative-pg.io/documentation/current/declarative_role_management/#status-of-managed-roles
 * @throws StrataError when it does not happen in time
 */
export async function settleRole(
  place: ReachedPlace,
  target: PostgresqlRole,
  delivered: readonly DeliveredSecret[],
  run: RolloutRun,
): Promise<void> {
  const { cluster: server, role, secret } = target;
  const where = `${place.cluster}: PostgreSQL cluster ${place.namespace}/${server}`;
  // One that is new may have been set before it was first looked.
  let waited = delivered.some(({ name, changed }) => name === secret && changed);
  const seen = await until(
    run.patience,
    async (): Promise<Look<true>> => {
      const path = `${folder(place)}/${server}`;
      const { status } = read(place.api, path, cluster, (await place.api.send({ method: "GET", path }, [200])).body);
      const { passwordStatus, cannotReconcile } = status.managedRolesStatus ?? {};
      const known = await deliveredState(place, secret);
      if (known !== undefined && passwordStatus?.[role]?.resourceVersion === known.resourceVersion)
        return { done: true };
      const why = cannotReconcile?.[role]?.join("; ") ?? status.phase;
      return { waitsFor: `role ${role} has not the password of ${secret} yet${why === undefined ? "" : ` (${why})`}` };
    },
    (waitsFor) => {
      waited = true;
      run.say(`${where}: ${waitsFor}`);
    },
  );
  if ("waitsFor" in seen) {
    const problem = `${seen.waitsFor}, after ${run.patience.timeoutMs / 1000} s`;
    const fix = `kubectl -n ${place.namespace} describe cluster.postgresql.cnpg.io ${server}; ${finishWith(run)}`;
    throw StrataError.of({ where, problem, fix });
  }
  const { cluster: at, namespace } = place;
  const action = waited ? "password set" : "current";
  run.journal.settled.push({ cluster: at, namespace, kind: "Role", name: `${server}/${role}`, action });
  run.say(`${where}: role ${role} has the password of ${secret}`);
}
