import { ApiException } from "@kubernetes/client-node";
import { Failure } from "../../run/failure";

/** Whether an error is the API server's answer with this HTTP code. */
export function hasCode(error: unknown, code: number): boolean {
  return error instanceof ApiException && error.code === code;
}

/** What an API server refused, or that it is not there, in words; any other error as it is. */
export function asFailure(error: unknown, cluster: string): unknown {
  if (error instanceof ApiException) {
    return new Failure(`The API server of cluster ${cluster} answered ${error.code}: ${messageOf(error.body)}`);
  }
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return new Failure(`The API server of cluster ${cluster} does not answer: ${error.message}.
Run the sandbox again: it starts what does not run.`);
  }
  return error;
}

function messageOf(body: unknown): string {
  const status: unknown = typeof body === "string" ? parsed(body) : body;
  const isStatus = typeof status === "object" && status !== null && "message" in status;
  return isStatus ? String(status.message) : String(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
