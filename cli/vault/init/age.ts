import { readFileSync } from "node:fs";
import path from "node:path";
import { armor, Encrypter } from "age-encryption";
import { StrataError } from "../../../constructs/core/errors";

/** A text that only the holder of one age key can read. */
export interface AgeSealed {
  /** The public key that it is encrypted for. */
  readonly recipient: string;
  /** An age file in its text form; `age --decrypt -i KEYFILE` opens it. */
  readonly armored: string;
}

const FIX = "Give a public key as `age-keygen -y KEYFILE` prints it (age1...), or a file with one.";

/**
 * Reads age recipients: public keys, or files with one public key each, separated by commas. Every one is tried, so
 * that nothing can go wrong with them once Vault has made its keys.
 *
 * @see https://age-encryption.org/v1
 * @throws StrataError for what is no public key of age, and for one that is there twice
 */
export async function ageRecipients(option: string, text: string, cwd: string): Promise<readonly string[]> {
  const recipients = text.split(",").map((part) => recipientOf(option, part.trim(), cwd));
  const twice = recipients.find((recipient, index) => recipients.indexOf(recipient) !== index);
  if (twice !== undefined) {
    const fix = "Give each key to another person: whoever keeps two of them counts twice.";
    throw StrataError.of({ where: option, problem: "a recipient is there twice", value: twice, fix });
  }
  for (const recipient of recipients) {
    await sealFor(recipient, "").catch(() => {
      throw StrataError.of({ where: option, problem: "is no public key of age", value: recipient, fix: FIX });
    });
  }
  return recipients;
}

/** Encrypts a text for one recipient. */
export async function sealFor(recipient: string, text: string): Promise<AgeSealed> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return { recipient, armored: armor.encode(await encrypter.encrypt(text)) };
}

function recipientOf(option: string, part: string, cwd: string): string {
  if (part.startsWith("age1")) return part;
  // Never repeated in the message: it may be the private key itself.
  if (part.startsWith("AGE-SECRET-KEY-")) throw privateKey(option);
  const file = path.resolve(cwd, part);
  const lines = linesOf(file);
  if (lines.some((line) => line.startsWith("AGE-SECRET-KEY-"))) throw privateKey(file);
  if (lines.some((line) => line.startsWith("ssh-"))) {
    throw StrataError.of({ where: file, problem: "is a key of SSH", fix: FIX });
  }
  const [recipient, ...others] = lines;
  if (recipient === undefined || others.length > 0 || !recipient.startsWith("age1")) {
    throw StrataError.of({ where: file, problem: "does not hold one public key of age", fix: FIX });
  }
  return recipient;
}

/** Without comments and empty lines. */
function linesOf(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw StrataError.of({ where: file, problem: "cannot be read", fix: FIX });
  }
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function privateKey(where: string): StrataError {
  return StrataError.of({ where, problem: "is a private key", fix: FIX });
}
