import { kubeconfigPath } from "../credentials";
import { POD_SUBNET } from "./api-server";
import { flags, goLimits, type Place, type Program } from "./program";

/** Annotation of the nodes that it plays. */
export const PLAYED_NODE = { name: "kwok.x-k8s.io/node", value: "fake" } as const;
/** File that says what it does with nodes and pods. */
export const STAGES_FILE = "stages.yaml";

export function kwok({ at }: Place): Program {
  return {
    args: flags({
      kubeconfig: at(kubeconfigPath("kwok")),
      config: at(STAGES_FILE),
      cidr: POD_SUBNET,
      "manage-nodes-with-annotation-selector": `${PLAYED_NODE.name}=${PLAYED_NODE.value}`,
      "node-lease-duration-seconds": 40,
    }),
    env: goLimits(64),
  };
}
