import { flags, goLimits, type Place, type Program } from "./program";

/**
 * Socket on which etcd serves, in the folder of the cluster: no port, no certificate, and nobody else can open it. It is
 * named from the working folder, because whole paths may be longer than a socket's name.
 */
export const ETCD_SOCKET = "etcd:1";
/** Folder of its data. */
export const ETCD_DATA = "etcd";

const CLIENTS = `unix://${ETCD_SOCKET}`;
const PEERS = "unix://etcd:2";

export function etcd({ at }: Place): Program {
  return {
    args: flags({
      name: "etcd",
      "data-dir": at(ETCD_DATA),
      "listen-client-urls": CLIENTS,
      "advertise-client-urls": CLIENTS,
      "listen-peer-urls": PEERS,
      "initial-advertise-peer-urls": PEERS,
      "initial-cluster": `etcd=${PEERS}`,
      // Waiting for the disk is most of its time. What a killed process wrote is kept; only a crash of the machine may
      // lose the last moments.
      "unsafe-no-fsync": true,
      // Few log entries in memory instead of many.
      "snapshot-count": 2000,
      "log-level": "warn",
    }),
    env: goLimits(64),
  };
}
