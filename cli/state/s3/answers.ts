import type { S3Answer } from "./client";

/** The code of an error answer, such as `NoSuchBucket`; empty when the store gives none. */
export function errorCode({ body }: Pick<S3Answer, "body">): string {
  return element(body, "Code");
}

/** What a store said, on one line: status, code and message. Other elements may hold what was sent, so they stay out. */
export function describeAnswer(answer: Pick<S3Answer, "status" | "body">): string {
  const message = element(answer.body, "Message").replaceAll(/\s+/g, " ").trim().slice(0, LONGEST);
  return [String(answer.status), errorCode(answer)].filter(Boolean).join(" ") + (message && `: ${message}`);
}

/** The text of the first element of a name in an XML document; empty when there is none. */
export function element(xml: string, name: string): string {
  const [, text = ""] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

const LONGEST = 200;
