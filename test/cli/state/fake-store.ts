import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What happens to a request instead of an answer: it is carried out and its answer lost, or it never gets one. */
export type Fault = "lost" | "silent" | number;

export interface FakeStoreOptions {
  /** What it does with a write that must not replace: `checks first` leaves room for another one in between. */
  readonly condition?: "honoured" | "ignored" | "checked first" | "not implemented";
  readonly encryption?: "done" | "refused" | "ignored";
  readonly checksum?: "taken" | "refused";
  readonly versioning?: "Enabled" | "Suspended" | "off" | "not implemented";
  readonly defaultEncryption?: "on" | "off" | "not implemented";
  /** Reads give the content before the last write. */
  readonly stale?: boolean;
  /** Objects can't be deleted. */
  readonly keeps?: boolean;
  /** Answers to a listing. */
  readonly listing?: { readonly status: number; readonly body: string };
  /** Nothing is done, everything is well. */
  readonly agreeable?: boolean;
  readonly fault?: (request: string, count: number) => Fault | undefined;
}

interface Version {
  readonly id: string;
  /** Undefined for a mark that the object was deleted. */
  readonly body: string | undefined;
}

type Answer = readonly [status: number, body?: string, headers?: Readonly<Record<string, string>>];

/** A store in memory with as much of S3 as Terraform uses, and with the defects that stores have. */
export class FakeStore {
  /** `METHOD path`, in order. */
  readonly requests: string[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  private readonly objects = new Map<string, Version[]>();
  private readonly server = createServer((request, response) => void this.handle(request, response));

  private constructor(private readonly options: FakeStoreOptions) {}

  static async start(options: FakeStoreOptions = {}): Promise<FakeStore> {
    const store = new FakeStore(options);
    await new Promise<void>((resolve) => store.server.listen(0, "127.0.0.1", resolve));
    return store;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Keys of what is in it, and of what is left of former versions. */
  left(): readonly string[] {
    return [...this.objects].filter(([, versions]) => versions.length > 0).map(([key]) => key);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://store");
    const shown = `${request.method} ${url.pathname}`;
    this.requests.push(shown);
    this.headers.push(request.headers);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const fault = this.options.fault?.(shown, this.requests.length);
    if (fault === "silent") return;
    const body = Buffer.concat(chunks).toString("utf8");
    const [status, text = "", headers = {}] =
      typeof fault === "number" ? error(fault, "Busy") : await this.answer(request, url, body);
    if (fault === "lost") return void request.socket.destroy();
    response.writeHead(status, headers);
    response.end(text);
  }

  private async answer(request: IncomingMessage, url: URL, body: string): Promise<Answer> {
    const { agreeable, listing, versioning = "off", defaultEncryption = "off" } = this.options;
    if (url.searchParams.has("list-type")) {
      return listing === undefined ? [200, "<ListBucketResult/>"] : [listing.status, listing.body];
    }
    if (url.searchParams.has("versioning")) {
      if (versioning === "not implemented") return error(501, "NotImplemented");
      const status = versioning === "off" ? "" : `<Status>${versioning}</Status>`;
      return [200, `<VersioningConfiguration>${status}</VersioningConfiguration>`];
    }
    if (url.searchParams.has("encryption")) {
      if (defaultEncryption === "not implemented") return error(501, "NotImplemented");
      if (defaultEncryption === "off") return error(404, "ServerSideEncryptionConfigurationNotFoundError");
      const algorithm = "<SSEAlgorithm>AES256</SSEAlgorithm>";
      return [200, `<ServerSideEncryptionConfiguration>${algorithm}</ServerSideEncryptionConfiguration>`];
    }
    if (agreeable) return [200];
    if (request.method === "PUT") return this.put(request.headers, url.pathname, body);
    if (request.method === "DELETE") return this.delete(url.pathname, url.searchParams.get("versionId"));
    const [last, former] = (this.objects.get(url.pathname) ?? []).toReversed();
    const found = this.options.stale && former !== undefined ? former : last;
    return found?.body === undefined ? error(404, "NoSuchKey") : [200, found.body];
  }

  private async put(headers: IncomingMessage["headers"], key: string, body: string): Promise<Answer> {
    const { condition = "honoured", encryption = "done", checksum = "taken" } = this.options;
    const asked = Object.keys(headers).some((name) => name.startsWith("x-amz-server-side-encryption"));
    if (asked && encryption === "refused") return error(501, "NotImplemented", "encryption is not configured");
    if (headers["x-amz-checksum-crc32"] && checksum === "refused") return error(400, "InvalidArgument", "checksum");
    if (headers["if-none-match"] === "*" && condition !== "ignored") {
      if (condition === "not implemented") return error(501, "NotImplemented");
      if (this.objects.get(key)?.at(-1)?.body !== undefined) return error(412, "PreconditionFailed");
      if (condition === "checked first") await pause(20);
    }
    const version = this.add(key, body);
    const confirmed = { ...version, "x-amz-server-side-encryption": "AES256" };
    return [200, "", asked && encryption === "done" ? confirmed : version];
  }

  private delete(key: string, version: string | null): Answer {
    if (this.options.keeps) return error(403, "AccessDenied");
    const known = this.objects.get(key) ?? [];
    if (version !== null) {
      this.objects.set(
        key,
        known.filter(({ id }) => id !== version),
      );
      return [204];
    }
    if (this.options.versioning === "Enabled") return [204, "", this.add(key, undefined)];
    this.objects.delete(key);
    return [204];
  }

  private add(key: string, body: string | undefined): Readonly<Record<string, string>> {
    const id = randomUUID();
    this.objects.set(key, [...(this.objects.get(key) ?? []), { id, body }]);
    return this.options.versioning === "Enabled" ? { "x-amz-version-id": id } : {};
  }
}

/** An error as S3 tells it. Some stores repeat the request in it. */
export function error(status: number, code: string, message = "no"): Answer {
  return [status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`];
}
