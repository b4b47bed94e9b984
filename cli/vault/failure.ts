import { StrataError } from "../../constructs/core/errors";
import { connectionReason } from "../connection-reason";

/** Why Vault did not do what was asked. */
export type VaultFailureKind =
  | "unreachable"
  | "untrusted"
  | "sealed"
  | "uninitialised"
  | "denied"
  | "missing"
  /** The answer may be another one in a moment: too many requests, a server error, a mount that is being upgraded. */
  | "busy"
  | "rejected";

/** A failed request to Vault, in words a user can act on; never with what was sent. */
export class VaultFailure extends StrataError {
  constructor(
    readonly kind: VaultFailureKind,
    address: string,
    problem: string,
    fix: string,
    /** What Vault said with it. */
    readonly body: unknown = undefined,
  ) {
    super([{ where: `Vault at ${address}`, problem, fix }]);
    this.name = "VaultFailure";
  }
}

/** Whether trying again may help. */
export function passes(error: unknown): boolean {
  return error instanceof VaultFailure && ["unreachable", "busy", "sealed"].includes(error.kind);
}

/** An answer with an error status. */
export interface ErrorAnswer {
  readonly status: number;
  readonly errors: readonly string[];
  readonly body: unknown;
}

/** Explains an answer of Vault's. `request` says what was asked, as in `read secret/data/x`. */
export function explainAnswer(address: string, request: string, answer: ErrorAnswer): VaultFailure {
  const said = answer.errors.join("; ") || `status ${answer.status}`;
  const failure = (kind: VaultFailureKind, problem: string, fix: string) =>
    new VaultFailure(kind, address, problem, fix, answer.body);
  if (said.includes("HTTP request to an HTTPS server")) {
    return failure("untrusted", "it speaks https", "Start VAULT_ADDR with https://.");
  }
  if (said.includes("not yet initialized") || said.includes("not initialized")) {
    return failure("uninitialised", "it is not initialised", "Run `strata vault init`.");
  }
  if (said.includes("is sealed")) return failure("sealed", "it is sealed", "Run `strata vault unseal`.");
  if (answer.status === 403) {
    const rights = "Use a token with the rights that cli/README.md lists; an expired one gets the same answer.";
    return failure("denied", `the token may not ${request}`, rights);
  }
  if (answer.status === 404) return failure("missing", `nothing to ${request}`, "");
  const passing = answer.status === 429 || answer.status >= 500 || said.includes("Upgrading from non-versioned");
  if (passing) return failure("busy", `it could not ${request}: ${said}`, "Try again in a moment.");
  return failure("rejected", `it refused to ${request}: ${said}`, "");
}

/** Explains a request that got no answer at all. */
export function explainConnection(address: string, code: string, message: string): VaultFailure {
  const untrusted = (fix: string) => new VaultFailure("untrusted", address, `no trusted connection: ${message}`, fix);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return untrusted("Set VAULT_TLS_SERVER_NAME to a name on its certificate.");
  }
  if (code === "EPROTO") return untrusted("If it speaks http, start VAULT_ADDR with http://.");
  if (/CERT|SIGNATURE|SELF_SIGNED|TLS/.test(code)) {
    return untrusted("Set VAULT_CACERT to the file of the CA that signed its certificate.");
  }
  return new VaultFailure(
    "unreachable",
    address,
    `cannot be reached: ${connectionReason(code, message)}`,
    "Check VAULT_ADDR; before its route exists, use `kubectl -n vault port-forward svc/vault 8200`.",
  );
}
