import { describeAnswer } from "../s3/answers";
import type { S3Answer } from "../s3/client";
import type { Probes, WriteStyle } from "./probes";
import { type CheckResult, failed, passed, skipped, warning } from "./result";

/** How often a state is overwritten and read back. */
const ROUNDS = 3;

/** What came of the first object. */
export interface Writing {
  readonly results: readonly CheckResult[];
  /** How the store takes objects. @default - it takes none */
  readonly style?: WriteStyle;
}

/** Writes an object with everything that Terraform adds. Where the store refuses it, finds out what it refuses. */
export async function checkWriting(probes: Probes, full: WriteStyle): Promise<Writing> {
  const refusal = await write(probes, full);
  if (typeof refusal === "string") {
    return { results: [passed("writing", "an object is written"), encryptionOf(full, refusal)], style: full };
  }
  const plain = { encryption: {}, decryption: {} };
  for (const style of [
    { ...full, checksum: false },
    { ...full, ...plain },
    { ...plain, checksum: false },
  ]) {
    if (typeof (await write(probes, style)) === "string") return { results: culprits(full, style, refusal), style };
  }
  const fix = "Give the access key the right to write objects, or use another store.";
  return { results: [failed("writing", `an object is refused (${describeAnswer(refusal)})`, fix)] };
}

/** Reads back what was written last, every time: Terraform goes on from it. */
export async function checkReading(probes: Probes): Promise<CheckResult> {
  const key = probes.key("state");
  for (let round = 1; round <= ROUNDS; round++) {
    const body = JSON.stringify({ round });
    const written = await probes.put(key, body);
    const read = written.status === 200 ? await probes.get(key) : written;
    if (read.status !== 200) {
      const fix = "Give the access key the right to read, write and delete objects.";
      return failed("reading", `an object cannot be overwritten and read (${describeAnswer(read)})`, fix);
    }
    if (read.body !== body) {
      const fix = "Use a store that reads its own writes: with this one Terraform would work on an old state.";
      return failed("reading", "an object that was just overwritten is read with another content", fix);
    }
  }
  return passed("reading", `what was overwritten is read at once (${ROUNDS} times)`);
}

/** The answer when it was refused; otherwise how the store says that it encrypts, empty when it does not say. */
async function write(probes: Probes, style: WriteStyle): Promise<string | S3Answer> {
  probes.style = style;
  const answer = await probes.put(probes.key("state"), JSON.stringify({ round: 0 }));
  if (answer.status !== 200) return answer;
  const { headers } = answer;
  const own = headers["x-amz-server-side-encryption-customer-algorithm"] === undefined ? "" : "with your own key";
  const said = headers["x-amz-server-side-encryption"] ?? own;
  return Array.isArray(said) ? said.join(", ") : said;
}

function encryptionOf({ encryption }: WriteStyle, said: string): CheckResult {
  const asked = Object.keys(encryption).length > 0;
  if (said !== "") return passed("encryption", `the store encrypts what is written (${said})`);
  const detail = asked ? "the store was asked to encrypt and does not say that it did" : "no encryption is asked for";
  return warning("encryption", detail, "Make sure that the store encrypts its disks: states hold cluster credentials.");
}

function culprits(full: WriteStyle, taken: WriteStyle, refusal: S3Answer): readonly CheckResult[] {
  const said = describeAnswer(refusal);
  const checksum = full.checksum && !taken.checksum;
  const encryption = Object.keys(full.encryption).length > 0 && Object.keys(taken.encryption).length === 0;
  const writing = checksum
    ? failed("writing", `the checksum of an object is refused (${said})`, CHECKSUM)
    : passed("writing", "an object is written");
  if (!encryption) return [writing, skipped("encryption", "needs an object that is written")];
  const detail = `the store refuses to encrypt an object (${said}), so Terraform could not even take its lock`;
  return [writing, failed("encryption", detail, ENCRYPTION)];
}

const CHECKSUM =
  "Set AWS_REQUEST_CHECKSUM_CALCULATION=when_required and AWS_RESPONSE_CHECKSUM_VALIDATION=when_required wherever Terraform runs.";

const ENCRYPTION =
  "Use a store that encrypts on request (SSE-S3), or give it a key of yours wherever Terraform runs: AWS_SSE_CUSTOMER_KEY, 32 bytes in base64.";
