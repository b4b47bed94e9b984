import { once } from "node:events";
import { createServer } from "node:https";
import { Authority } from "../../../../../sandbox/live/pki";

/** A server whose certificate nobody should believe. */
export interface Stranger {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server on 127.0.0.1 with a certificate for a host, of an authority of its own. */
export async function startStranger(host: string): Promise<Stranger> {
  const authority = await Authority.create("somebody else");
  const { certificate, key } = await authority.issue({ subject: `CN=${host}`, hosts: [host] });
  const server = createServer({ cert: certificate, key }, (_request, response) => response.end("a page"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The server does not listen on a port.");
  return {
    port: address.port,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
