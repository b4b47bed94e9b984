/** What a check looks at. */
export type CheckName =
  | "connection"
  | "access"
  | "writing"
  | "encryption"
  | "reading"
  | "lock"
  | "lock race"
  | "unlock"
  | "versioning"
  | "default encryption"
  | "cleaning up";

/** What one check found. */
export interface CheckResult {
  readonly check: CheckName;
  /** Only `failed` makes a store unfit. */
  readonly result: "passed" | "warning" | "failed" | "skipped";
  /** What was seen. */
  readonly detail: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly fix: string;
}

export function passed(check: CheckName, detail: string): CheckResult {
  return { check, result: "passed", detail, fix: "" };
}

export function warning(check: CheckName, detail: string, fix: string): CheckResult {
  return { check, result: "warning", detail, fix };
}

export function failed(check: CheckName, detail: string, fix: string): CheckResult {
  return { check, result: "failed", detail, fix };
}

export function skipped(check: CheckName, detail: string): CheckResult {
  return { check, result: "skipped", detail, fix: "" };
}
