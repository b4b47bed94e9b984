import type { Controller } from "../loop/controller";
import { certificates } from "./certificates";
import { issuers } from "./issuers";
import { CLUSTER_ISSUERS, ISSUERS } from "./objects";

/** What cert-manager does in a cluster. */
export function certManager(): readonly Controller[] {
  return [issuers(ISSUERS), issuers(CLUSTER_ISSUERS), certificates()];
}
