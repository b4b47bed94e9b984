import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import { type RetryPolicy, withRetries } from "../retry";
import { type ApiAnswer, type ApiRequest, type ApiTransport, ApiUnreachable } from "./api-server";

/** The API of one cluster: requests are repeated while it is busy, and every other failure is told. */
export interface ClusterApi {
  readonly host: string;
  /** @param expected statuses that are no failure */
  send(request: ApiRequest, expected: readonly number[]): Promise<ApiAnswer>;
}

/** Talks to an API server through a transport. */
export function clusterApi(host: string, transport: ApiTransport, retry: RetryPolicy): ClusterApi {
  return {
    host,
    send: (request, expected) =>
      withRetries(retry, passes, async () => {
        const answer = await transport(request);
        if (!expected.includes(answer.status)) throw explain(host, request, answer);
        return answer;
      }),
  };
}

class ApiBusy extends StrataError {}

/** Whether an error may pass when the same is tried again. */
export function passes(error: unknown): boolean {
  return error instanceof ApiBusy || error instanceof ApiUnreachable;
}

const statusAnswer = z.object({ message: z.string() });

function explain(host: string, { method, path }: ApiRequest, { status, body }: ApiAnswer): StrataError {
  const where = `API server ${host}`;
  const said = statusAnswer.safeParse(body).data?.message ?? `status ${status}`;
  // The message of a refused write may quote what was sent: only its status is told.
  const problem = `${method} ${path}: ${method === "GET" ? said : `status ${status}`}`;
  if (status === 429 || status >= 500) return new ApiBusy([{ where, problem, fix: "Try again in a moment." }]);
  const denied = status === 401 || status === 403;
  const fix = denied ? "The client certificate is not valid any more: apply the l1-cluster stack again." : "";
  return StrataError.of({ where, problem, fix });
}
