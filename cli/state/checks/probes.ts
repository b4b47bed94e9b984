import { randomBytes } from "node:crypto";
import type { S3Answer, S3Client } from "../s3/client";
import { crc32 } from "../s3/crc32";
import { S3Unreachable } from "../s3/unreachable";

/** Start of the name of every object that a check writes. */
export const PROBE = "strata-state-check-";

/** How objects are written: as Terraform does with its states. */
export interface WriteStyle {
  readonly checksum: boolean;
  /** Headers that ask for encryption; empty to ask for none. */
  readonly encryption: Readonly<Record<string, string>>;
  /** The same for reading; only a key of the owner's needs any. */
  readonly decryption: Readonly<Record<string, string>>;
}

/** The objects of one check. Each one that it tried to write is removed at the end, with all of its versions. */
export class Probes {
  private readonly id = randomBytes(6).toString("hex");
  private readonly versions = new Map<string, Set<string>>();

  /** Changed when a store turns out to take something else. */
  style: WriteStyle = { checksum: false, encryption: {}, decryption: {} };

  constructor(
    private readonly client: S3Client,
    private readonly prefix: string,
  ) {}

  /** The key of an object beside the states. */
  key(name: string): string {
    return `${this.prefix === "." ? "" : `${this.prefix}/`}${PROBE}${this.id}-${name}`;
  }

  /** Writes an object as Terraform writes a state. */
  put(key: string, body: string): Promise<S3Answer> {
    return this.write(key, body, {});
  }

  /** Writes an object as Terraform takes its lock. */
  async putIfAbsent(key: string, body: string): Promise<"written" | "refused" | S3Answer> {
    const answer = await this.write(key, body, { "if-none-match": "*" });
    if (answer.status === 200) return "written";
    if (answer.status !== 412 && answer.status !== 409) return answer;
    // An attempt whose answer was lost may have written it, and the next one was refused because of it.
    if (answer.attempts > 1 && (await this.get(key)).body === body) return "written";
    return "refused";
  }

  get(key: string): Promise<S3Answer> {
    return this.client({ method: "GET", key, headers: this.style.decryption });
  }

  async delete(key: string): Promise<S3Answer> {
    const answer = await this.client({ method: "DELETE", key });
    this.note(key, answer);
    return answer;
  }

  /** Removes what was written; answers the keys of what could not be removed. */
  async clean(): Promise<readonly string[]> {
    const left: string[] = [];
    let reachable = true;
    for (const key of this.versions.keys()) {
      try {
        if (!reachable || !(await this.remove(key))) left.push(key);
      } catch (error) {
        if (!(error instanceof S3Unreachable)) throw error;
        reachable = false;
        left.push(key);
      }
    }
    return left;
  }

  private async write(key: string, body: string, headers: Readonly<Record<string, string>>): Promise<S3Answer> {
    // Noted before it is sent: a request that fails may have been carried out.
    this.versions.set(key, this.versions.get(key) ?? new Set());
    const { checksum, encryption } = this.style;
    const answer = await this.client({
      method: "PUT",
      key,
      body,
      headers: {
        "content-type": "application/json",
        ...(checksum && { "x-amz-checksum-crc32": crc32(body) }),
        ...encryption,
        ...headers,
      },
    });
    this.note(key, answer);
    return answer;
  }

  private note(key: string, { headers }: S3Answer): void {
    const version = headers["x-amz-version-id"];
    if (typeof version === "string" && version !== "null") this.versions.get(key)?.add(version);
  }

  /** In a bucket with versions, deleting adds one more, which only hides the others. */
  private async remove(key: string): Promise<boolean> {
    const hidden = await this.delete(key);
    if (!GONE.has(hidden.status)) return false;
    for (const versionId of this.versions.get(key) ?? []) {
      const { status } = await this.client({ method: "DELETE", key, query: { versionId } });
      if (!GONE.has(status)) return false;
    }
    return true;
  }
}

const GONE: ReadonlySet<number> = new Set([200, 204, 404]);
