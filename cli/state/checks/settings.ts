import { describeAnswer, element, errorCode } from "../s3/answers";
import type { S3Client } from "../s3/client";
import { type CheckResult, passed, warning } from "./result";

/** Whether a damaged or deleted state can be taken back. */
export async function checkVersioning(client: S3Client): Promise<CheckResult> {
  const fix = "Switch the versioning of the bucket on: then a damaged or deleted state can be taken back.";
  const answer = await client({ method: "GET", query: { versioning: "" } });
  if (answer.status !== 200 || !answer.body.includes("<VersioningConfiguration")) {
    return warning("versioning", `the store does not say (${describeAnswer(answer)})`, "Look in its console.");
  }
  const status = element(answer.body, "Status");
  if (status === "Enabled") return passed("versioning", "on: a damaged or deleted state can be taken back");
  return warning("versioning", status === "" ? "off" : status.toLowerCase(), fix);
}

/** Whether objects are encrypted that nobody asked to encrypt. `encrypted`: each state asks for it and gets it. */
export async function checkDefaultEncryption(client: S3Client, encrypted: boolean): Promise<CheckResult> {
  const answer = await client({ method: "GET", query: { encryption: "" } });
  if (answer.status === 200 && answer.body.includes("<ServerSideEncryptionConfiguration")) {
    return passed("default encryption", `on (${element(answer.body, "SSEAlgorithm") || "algorithm not told"})`);
  }
  if (errorCode(answer) !== "ServerSideEncryptionConfigurationNotFoundError") {
    const fix = encrypted ? "Nothing needs it: each state asks for encryption itself." : "Look in its console.";
    return warning("default encryption", `the store does not say (${describeAnswer(answer)})`, fix);
  }
  if (encrypted) return passed("default encryption", "off, and not needed: each state asks for encryption itself");
  return warning("default encryption", "off", "Switch the default encryption of the bucket on.");
}
