import { z } from "zod";
import { StrataError } from "../../../constructs/core/errors";
import { listAll, read } from "../../kubernetes/listing";
import { type Look, until } from "../../kubernetes/waiting";
import { type DeliveredState, deliveredState } from "./delivered";
import { finishWith, folderOf, type ReachedPlace, type RolloutRun } from "./model";

const externalSecret = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    refreshPolicy: z.string().optional(),
    refreshInterval: z.string().optional(),
    target: z
      .object({
        name: z.string().optional(),
        template: z.object({ data: z.record(z.string(), z.string()).nullish() }).nullish(),
      })
      .nullish(),
    data: z.array(z.object({ remoteRef: z.object({ key: z.string() }).nullish() })).nullish(),
    dataFrom: z.array(z.object({ extract: z.object({ key: z.string() }).nullish() })).nullish(),
  }),
  status: z
    .object({
      syncedResourceVersion: z.string().optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default("") }))
        .nullish(),
    })
    .nullish(),
});

/** An ExternalSecret that reads the path. */
export interface ReadingSecret {
  readonly name: string;
  /** The Kubernetes secret that it fills. */
  readonly secret: string;
  /** It reads the path once and never again. */
  readonly once: boolean;
  /** Texts that make its values. @default - every key of the path, as it is */
  readonly templates?: readonly string[];
}

/** A Kubernetes secret that was filled anew. */
export interface DeliveredSecret extends DeliveredState {
  readonly name: string;
  /** Whether this run made another one of it. */
  readonly changed: boolean;
}

const GROUP = "external-secrets.io/v1";

/** The ExternalSecrets of a namespace that read a path. */
export async function readingSecrets(place: ReachedPlace, { path, mount }: RolloutRun): Promise<ReadingSecret[]> {
  const all = await listAll(place.api, folderOf(place, GROUP, "externalsecrets"), externalSecret);
  const spellings = [path, `${mount}/${path}`, `${mount}/data/${path}`];
  return all.flatMap(({ metadata, spec }) => {
    const keys = [
      ...(spec.data ?? []).map((each) => each.remoteRef),
      ...(spec.dataFrom ?? []).map((each) => each.extract),
    ];
    if (!keys.some((each) => each && spellings.includes(each.key))) return [];
    const templates = spec.target?.template?.data;
    return [
      {
        name: metadata.name,
        secret: spec.target?.name ?? metadata.name,
        once: spec.refreshPolicy === "CreatedOnce" || /^0+[a-z]*$/.test(spec.refreshInterval ?? ""),
        ...(templates && { templates: Object.values(templates) }),
      },
    ];
  });
}

/** Whether other values of these keys would make another Kubernetes secret. */
export function isAffected({ templates }: ReadingSecret, keys: readonly string[] | undefined): boolean {
  if (keys === undefined || templates === undefined) return true;
  return keys.some((key) => templates.some((text) => new RegExp(`\\.${key}(?![\\w-])`).test(text)));
}

/**
 * Makes an ExternalSecret read its path now and waits until its Kubernetes secret holds what is there. Any change of its
 * annotations does, and the status tells which state of them was synced last: the operator's own writes name the version
 * that they read, so a sync that began before the annotation is refused by the API server.
 *
 * @see https://external-secrets.io/latest/introduction/faq/
 * @throws StrataError when it does not happen in time
 */
export async function refresh(place: ReachedPlace, reading: ReadingSecret, run: RolloutRun): Promise<DeliveredSecret> {
  const { api, cluster, namespace } = place;
  const { name, secret } = reading;
  const where = `${cluster}: ExternalSecret ${namespace}/${name}`;
  if (reading.once) {
    const fix = `Delete the secret ${secret}, so that it is made anew; ${finishWith(run)}`;
    throw StrataError.of({ where, problem: "reads its path once and never again", fix });
  }
  const path = `${folderOf(place, GROUP, "externalsecrets")}/${name}`;
  const before = await deliveredState(place, secret);
  const body = { metadata: { annotations: { "force-sync": new Date().toISOString() } } };
  const annotated = await api.send({ method: "PATCH", path, body }, [200]);
  const synced = read(api, path, externalSecret, annotated.body).status?.syncedResourceVersion;
  const seen = await until(
    run.patience,
    async (): Promise<Look<DeliveredState>> => {
      const { status } = read(api, path, externalSecret, (await api.send({ method: "GET", path }, [200])).body);
      const ready = status?.conditions?.find(({ type }) => type === "Ready");
      if (status?.syncedResourceVersion === synced || ready?.status !== "True") {
        return { waitsFor: ready?.status === "False" ? ready.message : "the operator has not read it yet" };
      }
      const state = await deliveredState(place, secret);
      return state === undefined ? { waitsFor: `the secret ${secret} is not there` } : { done: state };
    },
    (waitsFor) => run.say(`${where}: ${waitsFor}`),
  );
  if ("waitsFor" in seen) {
    const problem = `was not refreshed within ${run.patience.timeoutMs / 1000} s: ${seen.waitsFor}`;
    const fix = `kubectl -n ${namespace} describe externalsecret ${name}; ${finishWith(run)}`;
    throw StrataError.of({ where, problem, fix });
  }
  const changed = before?.resourceVersion !== seen.done.resourceVersion;
  run.journal.refreshed.push({ cluster, namespace, externalSecret: name, secret, changed });
  run.say(`${cluster}: secret ${namespace}/${secret} ${changed ? "has new values" : "has had what Vault holds"}`);
  return { ...seen.done, name: secret, changed };
}
