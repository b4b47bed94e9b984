import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { announcement, type Peer } from "./client";

/** A port of this machine that leads to an entry point. */
export interface LoadBalancer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A load balancer for programs that speak plain TLS: it announces all of them as one client by PROXY protocol. */
export async function startLoadBalancer(entryPoint: number, peer: Peer): Promise<LoadBalancer> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const behind = connect({ host: "127.0.0.1", port: entryPoint });
    keep(client);
    keep(behind);
    behind.write(announcement(peer));
    client.pipe(behind).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
