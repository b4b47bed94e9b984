import { load } from "js-yaml";
import { isJsonObject, type JsonObject } from "../../constructs/core/json";
import type { ChartPin } from "../../constructs/kubernetes/chart-pin";
import { ARCHIVE_LIMIT, sameVersion, sha256 } from "./archive";
import type { HttpReader } from "./http";
import { FetchProblem } from "./http/problem";

/** An archive as its repository gave it. */
export interface Fetched {
  readonly archive: Buffer;
  /** Whether the repository says a digest, and the archive has it. */
  readonly vouched: boolean;
}

/** Indexes of big repositories have ten megabytes and more. */
const INDEX_LIMIT = 128 * 1024 * 1024;

/**
 * Chart repositories over HTTPS: an `index.yaml` names the archives of all versions with their digests. Each index is
 * read once.
 *
 * @see https://helm.sh/docs/topics/chart_repository/
 */
export class ChartRepositories {
  private readonly indexes = new Map<string, Promise<JsonObject>>();

  constructor(private readonly http: HttpReader) {}

  async fetch(pin: ChartPin): Promise<Fetched> {
    const base = new URL(`${pin.repository.replace(/\/+$/, "")}/`);
    const entry = find(await this.index(base), pin, base);
    const [address] = Array.isArray(entry.urls) ? entry.urls : [];
    if (typeof address !== "string" || !URL.canParse(address, base.href)) {
      throw new FetchProblem(`the index of ${base} names no address of it`, BROKEN);
    }
    const { body, url } = await this.http.get(new URL(address, base), { limit: ARCHIVE_LIMIT });
    const digest = typeof entry.digest === "string" ? entry.digest.replace(/^sha256:/, "").toLowerCase() : "";
    if (digest !== "" && digest !== sha256(body)) {
      throw new FetchProblem(`${url.origin}${url.pathname} has another SHA-256 than the index says`, TAMPERED);
    }
    return { archive: body, vouched: digest !== "" };
  }

  private index(base: URL): Promise<JsonObject> {
    const known = this.indexes.get(base.href);
    if (known !== undefined) return known;
    const index = this.http.get(new URL("index.yaml", base), { limit: INDEX_LIMIT }).then(({ body }) => {
      const parsed = parse(body.toString("utf8"));
      if (isJsonObject(parsed) && isJsonObject(parsed.entries)) return parsed.entries;
      throw new FetchProblem(`${base}index.yaml is not the index of a chart repository`, BROKEN);
    });
    this.indexes.set(base.href, index);
    return index;
  }
}

function find(entries: JsonObject, { chart, version }: ChartPin, base: URL): JsonObject {
  const versions = entries[chart];
  const known = Array.isArray(versions) ? versions.filter(isJsonObject) : [];
  const entry =
    known.find((one) => one.version === version) ??
    known.find((one) => typeof one.version === "string" && sameVersion(one.version, version));
  if (entry !== undefined) return entry;
  if (known.length === 0)
    throw new FetchProblem(`${base} has no chart of this name`, "Check the chart and repository.");
  const newest = known.slice(0, 3).map((one) => String(one.version));
  throw new FetchProblem(
    `${base} has no version ${version}`,
    `It has ${newest.join(", ")}${known.length > newest.length ? " and others" : ""}: pin one of them.`,
  );
}

function parse(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

const BROKEN = "The repository is not what Helm reads: check its address.";
const TAMPERED = "Try again; if it stays so, do not trust what the repository serves.";
