import { kubeconfigPath } from "../credentials";
import { flags, goLimits, type Place, type Program } from "./program";

export function scheduler({ at }: Place): Program {
  return {
    args: flags({
      kubeconfig: at(kubeconfigPath("kube-scheduler")),
      "leader-elect": false,
      "secure-port": 0,
      profiling: false,
      "kube-api-qps": 200,
      "kube-api-burst": 400,
    }),
    env: goLimits(64),
  };
}
