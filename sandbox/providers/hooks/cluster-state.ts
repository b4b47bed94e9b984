import type { ClusterConnection } from "../../clusters/driver";
import { base64, kubeconfig } from "../../clusters/kubeconfig";
import type { Values } from "../wire/values";
import { publicAddress } from "./ids";

/** What the state of a cluster says of the way to its API server, in the encoding of Vultr's API. */
export function connectionState(id: string, digest: string, connection: ClusterConnection): Values {
  const endpoint = new URL(connection.server).hostname;
  return {
    endpoint,
    ip: /^[\d.]+$/.test(endpoint) ? endpoint : publicAddress(digest),
    kube_config: base64(kubeconfig(`vke-${id}`, connection)),
    cluster_ca_certificate: base64(connection.certificateAuthority),
    client_certificate: base64(connection.clientCertificate),
    client_key: base64(connection.clientKey),
    cluster_subnet: connection.podSubnet,
    service_subnet: connection.serviceSubnet,
  };
}
