import { createHash } from "node:crypto";

/**
 * Eight characters that stand for the content of something. A Job can't be changed, so its name carries this: another
 * spec is another Job, and the same spec is never run twice.
 */
export function specHash(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
}
