import { certificatePath, keyPath, kubeconfigPath } from "../credentials";
import { POD_SUBNET, SERVICE_SUBNET } from "./api-server";
import { flags, goLimits, type Place, type Program } from "./program";

/**
 * The controllers that what we deploy relies on. Left out are those that need a cloud (addresses of load balancers,
 * attaching of volumes, networks of nodes) and those that need a kubelet. The autoscaler of pods has no metrics here; it
 * brings workloads up to their least, and no further.
 */
const CONTROLLERS = [
  "clusterrole-aggregation-controller",
  "cronjob-controller",
  "daemonset-controller",
  "deployment-controller",
  "disruption-controller",
  "endpoints-controller",
  "endpointslice-controller",
  "garbage-collector-controller",
  "horizontal-pod-autoscaler-controller",
  "job-controller",
  "namespace-controller",
  "node-lifecycle-controller",
  "persistentvolume-binder-controller",
  "persistentvolume-protection-controller",
  "persistentvolumeclaim-protection-controller",
  "pod-garbage-collector-controller",
  "replicaset-controller",
  "resourcequota-controller",
  "root-ca-certificate-publisher-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
  "statefulset-controller",
  "taint-eviction-controller",
  "ttl-after-finished-controller",
];

export function controllerManager({ at }: Place): Program {
  return {
    args: flags({
      kubeconfig: at(kubeconfigPath("kube-controller-manager")),
      controllers: CONTROLLERS.join(","),
      "root-ca-file": at(certificatePath("ca")),
      "service-account-private-key-file": at(keyPath("service-accounts")),
      "cluster-cidr": POD_SUBNET,
      "service-cluster-ip-range": SERVICE_SUBNET,
      // One process, so there is nobody to agree with; and it serves nothing.
      "leader-elect": false,
      "secure-port": 0,
      profiling: false,
      // Objects come in bursts of a few hundred; the default makes the last of them wait for many seconds.
      "kube-api-qps": 200,
      "kube-api-burst": 400,
    }),
    env: goLimits(96),
  };
}
