import { createHash } from "node:crypto";
import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";
import { AwsV4Signer } from "aws4fetch";
import { backOff, type RetryPolicy } from "../../retry";
import { unreachable } from "./unreachable";

/** A bucket of an S3-compatible store. */
export interface S3Bucket {
  /** URL of the store, without the bucket. */
  readonly endpoint: URL;
  readonly bucket: string;
  /** Region that requests are signed for. */
  readonly region: string;
  /** Whether the bucket is named in the path instead of the host. */
  readonly pathStyle: boolean;
}

/** An access key; it is never printed. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One request to a bucket, or to one of its objects. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** Object that is meant. @default - the bucket itself */
  readonly key?: string;
  /** @default - none */
  readonly query?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly body?: string;
}

/** What the store said. */
export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** How often the request was sent: an earlier one may have been carried out although its answer was lost. */
  readonly attempts: number;
}

/** Sends a signed request; answers with an error status are answers, only a missing one is an error. */
export type S3Client = (request: S3Request) => Promise<S3Answer>;

export interface S3ClientOptions {
  readonly bucket: S3Bucket;
  readonly credentials: S3Credentials;
  /** PEM certificates that are trusted besides the usual ones. @default - none */
  readonly ca?: string;
  /** Milliseconds that one attempt may take. @default 10000 */
  readonly timeout?: number;
  readonly retry: RetryPolicy;
}

/** Opens a bucket. Requests that got no answer, 429 or a passing 5xx are repeated. */
export function s3Client(options: S3ClientOptions): S3Client {
  const { retry } = options;
  return async (request) => {
    for (let attempts = 1; ; attempts++) {
      const last = attempts >= retry.attempts;
      try {
        const answer = await send(options, request);
        if (last || !PASSING.has(answer.status)) return { ...answer, attempts };
      } catch (error) {
        if (last) throw unreachable(options.bucket.endpoint, error);
      }
      await backOff(retry, attempts + 1);
    }
  };
}

/** 501 says that the store will never do it. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

async function send(
  { bucket, credentials, ca, timeout = 10_000 }: S3ClientOptions,
  { method, key, query = {}, headers = {}, body }: S3Request,
): Promise<Omit<S3Answer, "attempts">> {
  const url = objectUrl(bucket, key, query);
  const hash = createHash("sha256")
    .update(body ?? "")
    .digest("hex");
  const signed = await new AwsV4Signer({
    ...credentials,
    method,
    url: url.href,
    headers: { ...headers, "x-amz-content-sha256": hash },
    body,
    service: "s3",
    region: bucket.region,
  }).sign();
  const length = Buffer.byteLength(body ?? "");
  const sent = {
    ...Object.fromEntries(signed.headers),
    ...(method === "PUT" && { "content-length": String(length) }),
  };
  const secure = url.protocol === "https:";
  const trusted = secure && ca !== undefined ? { ca: [...rootCertificates, ca] } : {};
  return new Promise((resolve, reject) => {
    const options = { method, headers: sent, signal: AbortSignal.timeout(timeout), ...trusted };
    const request = (secure ? requestHttps : requestHttp)(signed.url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        const text = Buffer.concat(chunks).toString("utf8");
        const told = status < 400 ? text : withoutSecrets(text, credentials, headers);
        resolve({ status, headers: answer.headers, body: told });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** URL of a bucket or of one of its objects. */
export function objectUrl(
  { endpoint, bucket, pathStyle }: S3Bucket,
  key?: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const url = new URL(endpoint);
  if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
  const object = key === undefined ? [] : key.split("/").map(encodeURIComponent);
  url.pathname = [url.pathname.replace(/\/+$/, ""), ...(pathStyle ? [bucket] : []), ...object].join("/");
  url.search = new URLSearchParams(Object.entries(query)).toString();
  return url;
}

/** Some stores repeat a refused request in what they answer. */
function withoutSecrets(text: string, credentials: S3Credentials, headers: Readonly<Record<string, string>>): string {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const keys = Object.entries(headers).filter(([name]) => name.includes("customer-key"));
  const secrets = [accessKeyId, secretAccessKey, sessionToken ?? "", ...keys.map(([, value]) => value)];
  return secrets.filter(Boolean).reduce((told, secret) => told.replaceAll(secret, "***"), text);
}
