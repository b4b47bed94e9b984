import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { element } from "../../../cli/state/s3/answers";
import { type S3Client, type S3Credentials, s3Client } from "../../../cli/state/s3/client";
import { Failure } from "../../run/failure";
import { requireTools } from "../../tools/find";
import type { Authority } from "../pki";
import type { RunningServer, Servers } from "../servers";
import { keptSettings, type ObjectStoreSettings, requirePort } from "./settings";

/** What an object store is started with. */
export interface ObjectStoreOptions {
  /** A folder of its own: objects, access key and log. A store that is started on it again has all that it had. */
  readonly folder: string;
  /** Runs it. */
  readonly servers: Servers;
  /** Port of 127.0.0.1. @default the one it had before, or else a free one */
  readonly port?: number;
  /** Signs its certificate. @default - it speaks plain HTTP */
  readonly authority?: Authority;
  /** Whether it can encrypt objects when it is asked to. @default true */
  readonly encryption?: boolean;
  /** The minio program. @default the one that `npm run sandbox:tools` built */
  readonly binary?: string;
}

/** A region that S3 clients take without a question. */
const REGION = "us-east-1";
/** Once: the store is on this machine, and whoever waits for it asks again. */
const ONCE = { attempts: 1, firstDelay: 0, sleep: async () => undefined };

/** An S3-compatible store (minio) on this machine, for states. */
export class ObjectStore {
  private constructor(
    private readonly server: RunningServer,
    private readonly settings: ObjectStoreSettings,
    /** URL of the store. */
    readonly endpoint: string,
    private readonly ca: string | undefined,
  ) {}

  readonly region = REGION;

  /** Its access key, made when the folder was new. */
  get credentials(): S3Credentials {
    const { accessKeyId, secretAccessKey } = this.settings;
    return { accessKeyId, secretAccessKey };
  }

  /** What Terraform and other clients need in their environment to use the store. */
  get env(): Readonly<Record<string, string>> {
    const { accessKeyId, secretAccessKey } = this.settings;
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  }

  /** Process id of the server. */
  get pid(): number {
    return this.server.pid;
  }

  /**
   * Starts a store and waits until it answers.
   *
   * @throws Failure when its port is taken, or when it does not come up
   */
  static async start(options: ObjectStoreOptions): Promise<ObjectStore> {
    const folder = path.resolve(options.folder);
    const { authority, encryption = true } = options;
    const settings = await keptSettings(folder, options.port);
    await requirePort(settings.port, folder);
    const certificates = path.join(folder, "certificates");
    if (authority !== undefined) await writeCertificate(authority, certificates);
    const endpoint = `${authority === undefined ? "http" : "https"}://127.0.0.1:${settings.port}`;
    const ca = authority?.certificate;
    const data = path.join(folder, "data");
    mkdirSync(data, { recursive: true });
    const server = await options.servers.start({
      name: `object store on port ${settings.port}`,
      command: options.binary ?? minio(),
      args: [
        ...["server", "--quiet", "--anonymous", "--address", `127.0.0.1:${settings.port}`],
        ...["--certs-dir", certificates, data],
      ],
      cwd: folder,
      env: environment(folder, settings, encryption),
      log: path.join(folder, "minio.log"),
      ready: () => serves(client({ endpoint, settings, ca, bucket: "" })),
    });
    return new ObjectStore(server, settings, endpoint, ca);
  }

  /** Requests to one of its buckets. */
  bucket(name: string): S3Client {
    return client({ endpoint: this.endpoint, settings: this.settings, ca: this.ca, bucket: name });
  }

  /** Makes a bucket; one that is there already is no mistake. */
  async createBucket(name: string, options: { readonly versioning?: boolean } = {}): Promise<void> {
    const send = this.bucket(name);
    const made = await send({ method: "PUT" });
    if (made.status !== 200 && made.status !== 409) throw refused(`the bucket ${name}`, made.body);
    if (!options.versioning) return;
    const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    const { status, body: said } = await send({ method: "PUT", query: { versioning: "" }, body });
    if (status !== 200) throw refused(`the versioning of ${name}`, said);
  }

  /** The keys of all objects of a bucket, at most 1000. */
  async keys(bucket: string): Promise<readonly string[]> {
    const { status, body } = await this.bucket(bucket)({ method: "GET", query: { "list-type": "2" } });
    if (status !== 200) throw refused(`a listing of ${bucket}`, body);
    return body.match(/<Key>[^<]*<\/Key>/g)?.map((text) => element(text, "Key")) ?? [];
  }

  /** Ends it in order; its objects stay. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Ends it as a crash does. */
  kill(): Promise<void> {
    return this.server.kill();
  }
}

function minio(): string {
  const file = requireTools(["minio"]).get("minio");
  if (file === undefined) throw new Failure("There is no minio. Build it: npm run sandbox:tools -- --only minio");
  return file;
}

/** Nothing of the user's: neither settings nor a proxy, and it asks nobody for a newer version. */
function environment(
  folder: string,
  settings: ObjectStoreSettings,
  encryption: boolean,
): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    MINIO_ROOT_USER: settings.accessKeyId,
    MINIO_ROOT_PASSWORD: settings.secretAccessKey,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
    ...(encryption && { MINIO_KMS_SECRET_KEY: `states:${settings.encryptionKey}` }),
  };
}

async function writeCertificate(authority: Authority, folder: string): Promise<void> {
  const { certificate, key } = await authority.issue({ subject: "CN=object store", hosts: ["127.0.0.1", "localhost"] });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "public.crt"), certificate);
  writeFileSync(path.join(folder, "private.key"), key, { mode: 0o600 });
}

interface ClientOptions {
  readonly endpoint: string;
  readonly settings: ObjectStoreSettings;
  readonly ca: string | undefined;
  readonly bucket: string;
}

function client({ endpoint, settings, ca, bucket }: ClientOptions): S3Client {
  const { accessKeyId, secretAccessKey } = settings;
  const place = { endpoint: new URL(endpoint), bucket, region: REGION, pathStyle: true };
  return s3Client({ bucket: place, credentials: { accessKeyId, secretAccessKey }, ca, retry: ONCE });
}

/** It lists its buckets for our access key only when it is ours. */
async function serves(send: S3Client): Promise<boolean> {
  try {
    return (await send({ method: "GET" })).status === 200;
  } catch {
    return false;
  }
}

function refused(what: string, said: string): Failure {
  return new Failure(`The object store refuses ${what}: ${element(said, "Code") || said.slice(0, 200)}`);
}
