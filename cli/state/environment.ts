import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import type { Session } from "../session";
import type { S3Bucket, S3Credentials } from "./s3/client";
import type { StateStore } from "./stores";

/** What the environment adds to a backend block. The variables are those that Terraform's s3 backend reads. */
export interface StateEnvironment {
  readonly credentials: S3Credentials;
  /** PEM certificates that are trusted besides the usual ones. @default - none */
  readonly ca?: string;
  /** Whether Terraform sends a checksum with each object. */
  readonly checksums: boolean;
  /** Headers of a key that only its owner has, which the store encrypts with and forgets. @default - none */
  readonly customerKey?: Readonly<Record<string, string>>;
}

/** Reads the variables; every one that is missing or wrong is told at once. */
export function stateEnvironment({ env, cwd }: Pick<Session, "env" | "cwd">): StateEnvironment {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = env;
  const missing = Object.entries({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
    .filter(([, value]) => value === "")
    .map(([where]) => ({ where, problem: "not set", fix: CREDENTIALS }));
  if (missing.length > 0) throw new StrataError(missing);
  return {
    credentials: { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined },
    ca: env.AWS_CA_BUNDLE ? certificates(path.resolve(cwd, env.AWS_CA_BUNDLE)) : undefined,
    checksums: env.AWS_REQUEST_CHECKSUM_CALCULATION?.toLowerCase() !== "when_required",
    customerKey: env.AWS_SSE_CUSTOMER_KEY ? customerKey(env.AWS_SSE_CUSTOMER_KEY) : undefined,
  };
}

/** Where a store is: as its backend block says, or else the environment, or else AWS. */
export function bucketOf(store: StateStore, env: Session["env"]): S3Bucket {
  const { bucket, region, pathStyle } = store;
  const named = store.endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_S3_ENDPOINT ?? env.AWS_ENDPOINT_URL;
  const endpoint = url(named ?? `https://s3.${region}.amazonaws.com`);
  // No certificate covers a bucket with dots in front of the host.
  return { endpoint, bucket, region, pathStyle: pathStyle || bucket.includes(".") };
}

const CREDENTIALS =
  "Set the access key of the bucket, as Terraform needs it; for a profile: aws configure export-credentials --format env.";

function url(text: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === "") return parsed;
  const fix = "Write it as in https://ams1.vultrobjects.com, without credentials.";
  throw StrataError.of({ where: "endpoint of the state backend", problem: "is not the URL of a store", fix });
}

function certificates(file: string): string {
  const pem = readIfThere(file);
  if (pem?.includes("-----BEGIN CERTIFICATE-----")) return pem;
  const problem = pem === undefined ? `${file} cannot be read` : `${file} holds no PEM certificate`;
  const fix = "Give the file of the CA that signed the store's certificate.";
  throw StrataError.of({ where: "AWS_CA_BUNDLE", problem, fix });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function customerKey(text: string): Readonly<Record<string, string>> {
  const key = Buffer.from(text, "base64");
  if (key.length !== 32 || key.toString("base64") !== text) {
    const fix = "Make one with `openssl rand -base64 32`, and keep it: without it no state can be read.";
    throw StrataError.of({ where: "AWS_SSE_CUSTOMER_KEY", problem: "is not 32 bytes in base64", fix });
  }
  return {
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": text,
    "x-amz-server-side-encryption-customer-key-md5": createHash("md5").update(key).digest("base64"),
  };
}
