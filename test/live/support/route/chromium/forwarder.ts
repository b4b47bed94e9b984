import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { CLOUDFLARE } from "../../../../../sandbox/live/traffic";

/** A port of this machine that leads to an entry point. */
export interface Forwarder {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Leads connections to an entry point as the load balancer does, each announced as one of Cloudflare's by PROXY protocol.
 * TLS is the business of both ends.
 *
 * @param entryPoint port of 127.0.0.1
 */
export async function startForwarder(entryPoint: number): Promise<Forwarder> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect({ host: "127.0.0.1", port: entryPoint });
    target.write(`PROXY TCP4 ${CLOUDFLARE} 192.0.2.1 51000 443\r\n`);
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.pipe(target).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The forwarder does not listen on a port.");
  return {
    port: address.port,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
