import { isJsonObject, type JsonObject } from "../../constructs/core/json";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { ARCHIVE_LIMIT, sha256 } from "./archive";
import type { Answer, GetOptions, HttpReader } from "./http";
import { FetchProblem } from "./http/problem";
import type { Fetched } from "./repository";

const CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const SMALL = 4 * 1024 * 1024;

/**
 * Fetches a chart from an OCI registry, as anybody may: where the registry asks for a token, one without a name is got.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 * @see https://helm.sh/docs/topics/registries/
 */
export async function fetchFromRegistry(http: HttpReader, pin: ChartPin): Promise<Fetched> {
  const { host, repository } = address(pin);
  const registry = new Registry(http, host, repository);
  const manifest = await registry.manifest(pin.version);
  const layers = Array.isArray(manifest.layers) ? manifest.layers.filter(isJsonObject) : [];
  const layer = layers.find(({ mediaType }) => mediaType === CHART_LAYER);
  if (layer === undefined || typeof layer.digest !== "string") {
    throw new FetchProblem(
      `${host}/${repository} ${pin.version} is not a Helm chart`,
      "Check the chart and repository.",
    );
  }
  return { archive: await registry.blob(layer.digest), vouched: true };
}

/** `oci://host/path` and the chart's name; Docker Hub answers under another host than its name. */
function address({ repository, chart }: ChartPin): { readonly host: string; readonly repository: string } {
  const url = new URL(repository.replace(/^oci:/, "https:"));
  const path = [...url.pathname.split("/"), chart].filter((part) => part !== "").join("/");
  return { host: url.host === "docker.io" ? "registry-1.docker.io" : url.host, repository: path };
}

class Registry {
  private token: string | undefined;

  constructor(
    private readonly http: HttpReader,
    private readonly host: string,
    private readonly repository: string,
  ) {}

  async manifest(version: string): Promise<JsonObject> {
    // A tag can't hold the plus sign of a version.
    const { body, headers, url } = await this.get(`manifests/${version.replaceAll("+", "_")}`, {
      headers: { accept: MANIFEST },
      limit: SMALL,
    });
    const said = headers["docker-content-digest"];
    if (typeof said === "string" && said !== `sha256:${sha256(body)}`) throw altered(url);
    const manifest = parse(body);
    if (isJsonObject(manifest)) return manifest;
    throw new FetchProblem(`${url.origin}${url.pathname} is not a manifest`, "Check the chart and repository.");
  }

  async blob(digest: string): Promise<Buffer> {
    const { body } = await this.get(`blobs/${digest}`, { limit: ARCHIVE_LIMIT });
    if (digest !== `sha256:${sha256(body)}`) throw altered(new URL(`https://${this.host}/${this.repository}`));
    return body;
  }

  private async get(path: string, options: GetOptions): Promise<Answer> {
    const url = new URL(`https://${this.host}/v2/${this.repository}/${path}`);
    const ask = () => {
      const headers = {
        ...options.headers,
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      };
      return this.http.get(url, { ...options, headers, accept: [200, 401] });
    };
    const first = await ask();
    if (first.status !== 401) return first;
    this.token = await this.anonymousToken(first.headers["www-authenticate"] ?? "");
    const second = await ask();
    if (second.status !== 401) return second;
    throw new FetchProblem(`${this.host} lets nobody read ${this.repository} without a name`, PRIVATE);
  }

  /** The registry says where tokens are given and for what; one without credentials reads what is public. */
  private async anonymousToken(challenge: string): Promise<string> {
    const [, parameters = ""] = /^Bearer\s+(.*)$/is.exec(challenge) ?? [];
    const given = new Map([...parameters.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
    const realm = given.get("realm") ?? "";
    if (!URL.canParse(realm))
      throw new FetchProblem(`${this.host} asks for a login that strata does not know`, PRIVATE);
    const url = new URL(realm);
    for (const key of ["service", "scope"]) {
      const value = given.get(key) ?? (key === "scope" ? `repository:${this.repository}:pull` : undefined);
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const answer = parse((await this.http.get(url, { limit: SMALL })).body);
    const token = isJsonObject(answer) ? (answer.token ?? answer.access_token) : undefined;
    if (typeof token === "string") return token;
    throw new FetchProblem(`${url.host} gave no token`, PRIVATE);
  }
}

function altered(url: URL): FetchProblem {
  const fix = "Try again; if it stays so, do not trust what the registry serves.";
  return new FetchProblem(`what ${url.host} serves has another SHA-256 than it says`, fix);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

const PRIVATE = "Charts are pulled without credentials: use a public one, or put its archive into the mirror by hand.";
