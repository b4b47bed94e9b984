import type { ApiAnswer, ApiRequest, ApiTransport } from "../../../../../cli/kubernetes/api-server";
import { at, type FakeKind, type FakeMetadata, type FakeObject, folder, merged } from "./objects";

/** The process ended in the middle. */
export class Killed extends Error {}

type Content = Partial<Omit<FakeObject, "metadata">> & { readonly metadata?: Partial<FakeMetadata> };

/**
 * An API server in memory whose time passes only while somebody waits, and then its operators do one step each. Secrets
 * are told without their values: whoever asks for those fails.
 */
export class FakeKubernetes {
  readonly requests: string[] = [];
  /** Workloads whose new pods do not become ready. */
  readonly hanging = new Set<string>();
  /** ExternalSecrets that cannot read their path. */
  readonly failing = new Map<string, string>();
  /** Answers instead of the server, or throws. */
  intercept: (request: ApiRequest) => ApiAnswer | undefined = () => undefined;
  private readonly objects = new Map<string, FakeObject>();
  private time = Date.parse("2026-11-21T12:00:00.400Z");
  private counter = 100;

  constructor(
    /** What Vault holds, by path. */
    readonly vault: Map<string, Readonly<Record<string, string>>>,
  ) {}

  readonly transport: ApiTransport = async (request) => {
    this.requests.push(`${request.method} ${request.path}`);
    const answer = this.intercept(request) ?? this.answer(request);
    return { ...answer, date: new Date(Math.floor(this.time / 1000) * 1000) };
  };

  readonly clock = {
    now: () => this.time,
    sleep: async (milliseconds: number) => this.pass(milliseconds),
  };

  /** Lets time pass, and the operators work. */
  pass(milliseconds: number): void {
    this.time += milliseconds;
    for (const [path, object] of [...this.objects]) this.work(path, object);
  }

  put(kind: FakeKind, namespace: string, name: string, { metadata, ...content }: Content = {}): FakeObject {
    const object: FakeObject = {
      spec: {},
      status: {},
      ...content,
      metadata: {
        name,
        uid: `uid-${++this.counter}`,
        resourceVersion: `${++this.counter}`,
        generation: 1,
        creationTimestamp: this.now(),
        labels: {},
        annotations: {},
        ownerReferences: [],
        managedFields: [],
        ...metadata,
      },
    };
    this.objects.set(`${folder(kind, namespace)}/${name}`, object);
    return object;
  }

  get(kind: FakeKind, namespace: string, name: string): FakeObject {
    const found = this.objects.get(`${folder(kind, namespace)}/${name}`);
    if (found === undefined) throw new Error(`there is no ${kind} ${namespace}/${name}`);
    return found;
  }

  /** Pods of a namespace by name, each with its uid. */
  pods(namespace: string): Record<string, string> {
    return Object.fromEntries(this.in(folder("pod", namespace)).map(({ metadata }) => [metadata.name, metadata.uid]));
  }

  private in(collection: string): FakeObject[] {
    const inside = [...this.objects].filter(([path]) => path.slice(0, path.lastIndexOf("/")) === collection);
    return inside.map(([, object]) => object);
  }

  private now(): string {
    return `${new Date(this.time).toISOString().slice(0, 19)}Z`;
  }

  private answer({ method, path, body, accept }: ApiRequest): ApiAnswer {
    const url = new URL(path, "https://cluster");
    if (/\/namespaces\/[^/]+\/[^/]+$/.test(url.pathname)) {
      const labels = (url.searchParams.get("labelSelector") ?? "").split(",").filter(Boolean);
      const items = this.in(url.pathname).filter(({ metadata }) =>
        labels.every((pair) => pair === Object.entries(metadata.labels).map(([k, v]) => `${k}=${v}`)[0]),
      );
      return { status: 200, body: structuredClone({ metadata: {}, items }) };
    }
    const found = this.objects.get(url.pathname);
    if (found === undefined) return { status: 404, body: { message: "not found" } };
    if (url.pathname.includes("/secrets/")) {
      if (method !== "GET" || !accept?.startsWith("application/json;as=PartialObjectMetadata;")) {
        throw new Error("the values of a secret were asked for");
      }
      return { status: 200, body: structuredClone({ metadata: found.metadata }) };
    }
    if (method === "DELETE") {
      if (at(body, "preconditions.uid") !== found.metadata.uid) return { status: 409, body: { message: "conflict" } };
      this.objects.delete(url.pathname);
      return { status: 200, body: {} };
    }
    if (method === "PATCH") this.patch(found, body ?? {});
    return { status: 200, body: structuredClone(found) };
  }

  private patch(found: FakeObject, body: object): void {
    const before = JSON.stringify(found.spec);
    Object.assign(found, merged(found, body));
    found.metadata.resourceVersion = `${++this.counter}`;
    if (JSON.stringify(found.spec) !== before) found.metadata.generation += 1;
  }

  private work(path: string, object: FakeObject): void {
    const [, namespace = "", plural = ""] = /\/namespaces\/([^/]+)\/([^/]+)\//.exec(path) ?? [];
    if (plural === "externalsecrets") this.deliver(namespace, object);
    if (plural === "deployments" || plural === "daemonsets") this.replaceOne(namespace, object);
    if (plural === "statefulsets") this.recreate(namespace, object);
    if (plural === "clusters") this.setPasswords(namespace, object);
  }

  /** As External Secrets does: a change of its annotations is reason enough, and an equal secret is left alone. */
  private deliver(namespace: string, { metadata, spec, status }: FakeObject): void {
    const version = `${metadata.generation}-${JSON.stringify(metadata.annotations)}`;
    if (status.syncedResourceVersion === version) return;
    const failure = this.failing.get(metadata.name);
    if (failure !== undefined) {
      status.conditions = [{ type: "Ready", status: "False", message: failure }];
      return;
    }
    const values = this.vault.get(String(at(spec, "dataFrom.0.extract.key"))) ?? {};
    const templates = Object.entries(Object(at(spec, "target.template.data")));
    const data = Object.fromEntries(
      templates.map(([key, text]) => [
        key,
        String(text).replace(/\{\{ \.(\w+) \}\}/g, (_, name) => values[name] ?? ""),
      ]),
    );
    const path = `${folder("secret", namespace)}/${metadata.name}`;
    const known = this.objects.get(path) ?? this.put("secret", namespace, metadata.name);
    if (JSON.stringify(known.data) !== JSON.stringify(data)) {
      known.data = data;
      known.metadata.resourceVersion = `${++this.counter}`;
      known.metadata.managedFields = [
        { manager: "external-secrets", time: this.now(), fieldsV1: { "f:data": {} } },
        { manager: "somebody-else", time: "2099-01-01T00:00:00Z", fieldsV1: { "f:metadata": {} } },
      ];
    }
    status.syncedResourceVersion = version;
    status.conditions = [{ type: "Ready", status: "True" }];
  }

  /** One pod in each step, and none as long as a new one is not ready. */
  private replaceOne(namespace: string, workload: FakeObject): void {
    const { name, generation } = workload.metadata;
    const replicas = Number(workload.spec.replicas ?? 1);
    const mine = () => this.in(folder("pod", namespace)).filter(({ metadata }) => metadata.labels.app === name);
    const isNew = ({ metadata }: FakeObject) => metadata.annotations.template === template;
    const template = JSON.stringify(workload.spec.template);
    const blocked = mine().some((pod) => isNew(pod) && !isReady(pod));
    const old = mine().find((pod) => !isNew(pod));
    if (!blocked && (old !== undefined || mine().length < replicas)) {
      if (old !== undefined) this.objects.delete(`${folder("pod", namespace)}/${old.metadata.name}`);
      this.pod(namespace, `${name}-${++this.counter}`, name, { template });
    }
    const fresh = mine().filter(isNew).length;
    const ready = mine().filter(isReady).length;
    workload.status = {
      observedGeneration: generation,
      replicas: mine().length,
      updatedReplicas: fresh,
      readyReplicas: ready,
      availableReplicas: ready,
      desiredNumberScheduled: replicas,
      updatedNumberScheduled: fresh,
      numberAvailable: ready,
    };
  }

  private recreate(namespace: string, set: FakeObject): void {
    const { name, generation } = set.metadata;
    const replicas = Number(set.spec.replicas ?? 1);
    for (let index = 0; index < replicas; index++) {
      const path = `${folder("pod", namespace)}/${name}-${index}`;
      if (!this.objects.has(path)) this.pod(namespace, `${name}-${index}`, name);
    }
    set.status = {
      observedGeneration: generation,
      readyReplicas: replicas,
      updatedReplicas: replicas,
      currentRevision: "a",
      updateRevision: "a",
    };
  }

  private pod(namespace: string, name: string, app: string, annotations: Record<string, string> = {}): void {
    const waiting = { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting failed container" };
    const hangs = this.hanging.has(app);
    this.put("pod", namespace, name, {
      metadata: { labels: { app }, annotations },
      status: {
        phase: "Running",
        conditions: [{ type: "Ready", status: hangs ? "False" : "True" }],
        containerStatuses: [
          { name: "main", ready: !hangs, state: hangs ? { waiting } : { running: { startedAt: this.now() } } },
        ],
      },
    });
  }

  /** As CloudNativePG does: it tells which version of the secret the role's password is from. */
  private setPasswords(namespace: string, { spec, status, metadata }: FakeObject): void {
    if (this.hanging.has(metadata.name)) return;
    for (const role of Object(at(spec, "managed.roles")) as { name: string; passwordSecret: { name: string } }[]) {
      const secret = this.objects.get(`${folder("secret", namespace)}/${role.passwordSecret.name}`);
      const passwordStatus = { [role.name]: { resourceVersion: secret?.metadata.resourceVersion } };
      status.managedRolesStatus = { passwordStatus };
    }
  }
}

function isReady({ status }: FakeObject): boolean {
  return at(status, "conditions.0.status") === "True";
}
