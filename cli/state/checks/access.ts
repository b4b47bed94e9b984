import { describeAnswer, errorCode } from "../s3/answers";
import type { S3Answer, S3Bucket, S3Client } from "../s3/client";
import { type CheckResult, failed, passed, warning } from "./result";

/** States hold cluster credentials: they must not cross a network in the clear. */
export function checkConnection({ endpoint }: S3Bucket): CheckResult {
  if (endpoint.protocol === "https:") return passed("connection", "encrypted, with a certificate that is trusted");
  if (LOOPBACK.test(endpoint.hostname)) return passed("connection", "not encrypted, on this machine only");
  return warning("connection", "not encrypted: others can read states on their way", "Use an https endpoint.");
}

const LOOPBACK = /^(127\.[\d.]+|\[::1\]|localhost)$/;

/** Terraform lists workspaces before it does anything else. */
export async function checkAccess({ bucket }: S3Bucket, client: S3Client): Promise<CheckResult> {
  const answer = await client({ method: "GET", query: { "list-type": "2", "max-keys": "1", prefix: "env:/" } });
  if (answer.status === 200 && answer.body.includes("<ListBucketResult")) {
    return passed("access", "the access key may list the bucket");
  }
  const { problem, fix } = explain(bucket, answer);
  return failed("access", problem, fix);
}

function explain(bucket: string, answer: S3Answer): { readonly problem: string; readonly fix: string } {
  const said = describeAnswer(answer);
  const region = answer.headers["x-amz-bucket-region"];
  switch (errorCode(answer)) {
    case "NoSuchBucket":
      return { problem: `there is no bucket ${bucket}`, fix: "Create it, private and with versioning." };
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
      return { problem: `the access key is refused (${said})`, fix: "Check AWS_ACCESS_KEY_ID and its secret." };
    case "RequestTimeTooSkewed":
      return { problem: `the clocks differ (${said})`, fix: "Set the clock of this machine." };
  }
  if (answer.status === 403) {
    const fix = "Give the access key the rights to list the bucket and to read, write and delete its objects.";
    return { problem: `the access key may not list the bucket ${bucket} (${said})`, fix };
  }
  if (typeof region === "string" || (answer.status >= 300 && answer.status < 400)) {
    const where = typeof region === "string" ? ` in the region ${region}` : " elsewhere";
    return { problem: `the bucket ${bucket} is${where} (${said})`, fix: "Set `region` and `endpoint` to where it is." };
  }
  const fix = "Check that the endpoint is that of an S3-compatible store.";
  if (answer.status === 200) return { problem: "it answers 200 to a listing, but not with one", fix };
  return { problem: `it does not list the bucket ${bucket} (${said})`, fix };
}
