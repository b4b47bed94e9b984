const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name cannot be resolved",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  ECONNABORTED: "no answer in time",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "no route to the host",
};

/** Why a connection failed, in words: by the code that Node gives the error, else as the error says it. */
export function connectionReason(code: string, message: string): string {
  return REASONS[code] ?? message;
}
