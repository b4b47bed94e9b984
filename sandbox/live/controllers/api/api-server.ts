import { Agent } from "node:https";
import type { ClusterConnection } from "../../../clusters/driver";
import { type HttpRequest, linesOf, open, parseJson, send, textOf } from "../http";
import { type Api, ApiRefusal, ApiUnreachable, type Listing, type WatchEvent } from "./index";
import type { Draft, ObjectName, ResourceType, Served, Stored } from "./objects";

/** Who the API server says has set a field. */
const FIELD_MANAGER = "strata-sandbox";
const REQUEST_TIMEOUT_MS = 15_000;
/** The server ends a watch after this time, so that a connection that died in silence is noticed too. */
const WATCH_SECONDS = 300;

/** A line of a watch. */
type Notice<T> =
  | WatchEvent<T>
  | { readonly type: "BOOKMARK"; readonly object: Stored }
  | { readonly type: "ERROR"; readonly object: { readonly code: number; readonly message: string } };

type Sending = Partial<Pick<HttpRequest, "method" | "body" | "signal" | "timeoutMs">> & { readonly type?: string };

/**
 * An API server over HTTPS with a client certificate. The objects are taken as they come: the server has checked them
 * against its own schemas.
 *
 * Node's own client does it: the Kubernetes client library opens a connection for every request and drops the fields
 * that its models do not know.
 */
export class ApiServer implements Api {
  private readonly requests: Agent;
  private readonly watches: Agent;

  constructor(private readonly connection: ClusterConnection) {
    const { certificateAuthority: ca, clientCertificate: cert, clientKey: key } = connection;
    this.requests = new Agent({ ca, cert, key, keepAlive: true, maxSockets: 8 });
    this.watches = new Agent({ ca, cert, key, keepAlive: false });
  }

  /** Closes its connections. */
  close(): void {
    this.requests.destroy();
    this.watches.destroy();
  }

  async list<T extends Stored>(type: ResourceType<T>, signal?: AbortSignal): Promise<Listing<T>> {
    const answer = await this.ask<{ metadata: { resourceVersion: string }; items: T[] | null }>(
      `${folder(type)}?${selection(type)}`,
      { signal },
    );
    return { items: answer.items ?? [], resourceVersion: answer.metadata.resourceVersion };
  }

  async watch<T extends Stored>(
    type: ResourceType<T>,
    resourceVersion: string,
    onEvent: (event: WatchEvent<T>) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const query = selection(type, {
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion,
    });
    const timeoutMs = (WATCH_SECONDS + 30) * 1000;
    const url = `${this.connection.server}${folder(type)}?${query}`;
    const response = await reached(open({ url, agent: this.watches, timeoutMs, signal }));
    if (response.statusCode !== 200) throw refusal(response.statusCode ?? 0, await reached(textOf(response)));
    let version = resourceVersion;
    await reached(
      linesOf(response, (line) => {
        const event = parseJson<Notice<T>>(line);
        if (event.type === "ERROR") throw new ApiRefusal(event.object.code, event.object.message);
        version = event.object.metadata.resourceVersion;
        if (event.type !== "BOOKMARK") onEvent(event);
      }),
    );
    return version;
  }

  get<T extends Stored>(type: ResourceType<T>, object: ObjectName): Promise<T | undefined> {
    return unlessGone(this.ask<T>(pathOf(type, object)));
  }

  apply<T extends Stored>(type: ResourceType<T>, draft: Draft<T>): Promise<T> {
    const { apiVersion, kind } = type;
    return this.ask<T>(`${pathOf(type, draft.metadata)}?fieldManager=${FIELD_MANAGER}&force=true`, {
      method: "PATCH",
      type: "application/apply-patch+yaml",
      body: JSON.stringify({ apiVersion, kind, ...draft }),
    });
  }

  patch<T extends Stored>(
    type: ResourceType<T>,
    object: ObjectName,
    patch: object,
    subresource?: "status",
  ): Promise<T | undefined> {
    const path = subresource === undefined ? pathOf(type, object) : `${pathOf(type, object)}/${subresource}`;
    const sending = { method: "PATCH", type: "application/merge-patch+json", body: JSON.stringify(patch) };
    return unlessGone(this.ask<T>(`${path}?fieldManager=${FIELD_MANAGER}`, sending));
  }

  async delete<T extends Stored>(
    type: ResourceType<T>,
    { uid, ...object }: ObjectName & { uid: string },
  ): Promise<void> {
    const body = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } });
    try {
      await unlessGone(this.ask(pathOf(type, object), { method: "DELETE", type: "application/json", body }));
    } catch (error) {
      // Another object has taken the name.
      if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
    }
  }

  async token({ namespace, name }: ObjectName, audiences: readonly string[], seconds: number): Promise<string> {
    const body = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences, expirationSeconds: seconds },
    };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const sending = { method: "POST", type: "application/json", body: JSON.stringify(body) };
    const answer = await this.ask<{ status: { token: string } }>(path, sending);
    return answer.status.token;
  }

  private async ask<A>(path: string, { type, ...sending }: Sending = {}): Promise<A> {
    const { status, body } = await reached(
      send({
        url: `${this.connection.server}${path}`,
        agent: this.requests,
        timeoutMs: REQUEST_TIMEOUT_MS,
        headers: { accept: "application/json", ...(type && { "content-type": type }) },
        ...sending,
      }),
    );
    if (status >= 300) throw refusal(status, body, path);
    return parseJson(body);
  }
}

function folder({ apiVersion, plural }: Served, namespace?: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

function pathOf(type: Served, { namespace, name }: ObjectName): string {
  return `${folder(type, namespace)}/${encodeURIComponent(name)}`;
}

function selection({ fieldSelector }: Served, query: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({ ...query, ...(fieldSelector !== undefined && { fieldSelector }) });
}

async function unlessGone<A>(answer: Promise<A>): Promise<A | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** What fails below HTTP is an API server that is not there, for now. */
async function reached<A>(answer: Promise<A>): Promise<A> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiRefusal) throw error;
    throw new ApiUnreachable(`the API server cannot be reached: ${error instanceof Error ? error.message : error}`);
  }
}

/** Of a secret that was refused only the reason is told: the message may quote what was sent. */
function refusal(status: number, body: string, path = ""): ApiRefusal {
  const said = parsed(body);
  const reason = `${said.reason ?? "refused"} (${status})`;
  const quotes = /\/secrets\//.test(path) && status !== 403 && status !== 404;
  return new ApiRefusal(status, quotes ? reason : (said.message ?? reason));
}

function parsed(body: string): { readonly message?: string; readonly reason?: string } {
  try {
    return parseJson<object | null>(body) ?? {};
  } catch {
    return {};
  }
}
