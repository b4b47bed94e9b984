import { StrataError } from "../../../constructs/core/errors";
import { connectionReason } from "../../connection-reason";
import { errorField } from "../../error-field";

/** No answer came from a store, or none that can be trusted. */
export class S3Unreachable extends StrataError {}

/** Explains why a request to a store got no answer. */
export function unreachable(endpoint: URL, error: unknown): S3Unreachable {
  const code = errorField(error, "code");
  const message = errorField(error, "message");
  const explain = (problem: string, fix: string) => new S3Unreachable([{ where: endpoint.origin, problem, fix }]);
  if (code === "ABORT_ERR") {
    return explain("cannot be reached: no answer in time", REACH);
  }
  if (code === "EPROTO") return explain("does not speak TLS", "If it speaks http, start the endpoint with http://.");
  if (/CERT|SIGNATURE|SELF_SIGNED|TLS/.test(code)) {
    const fix = "Set AWS_CA_BUNDLE to the file of the CA that signed its certificate; Terraform reads it too.";
    return explain(`is not trusted: ${message}`, fix);
  }
  return explain(`cannot be reached: ${connectionReason(code, message)}`, REACH);
}

const REACH = "Check the endpoint of the state backend, and that it is open for your address without a proxy.";
