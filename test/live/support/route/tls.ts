import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as openSession } from "node:http2";
import { connect as connectTcp } from "node:net";
import { connect, type SecureVersion } from "node:tls";
import { CLOUDFLARE, PROBE_HEADER } from "../../../../sandbox/live/traffic";
import type { World } from "./world";

/** Only who names a host of ours, with a version of TLS that is still good, gets to the routes at all. */
export function tlsTests(world: World): void {
  const { application } = world;

  describe("the door", () => {
    /** What a handshake came to: the version, or that it was refused. */
    async function shake(servername: string | undefined, maxVersion: SecureVersion = "TLSv1.3"): Promise<string> {
      const socket = connectTcp({ host: "127.0.0.1", port: world.traffic.traefik.ports.get("edge") ?? 0 });
      socket.write(`PROXY TCP4 ${CLOUDFLARE} 192.0.2.1 51000 443\r\n`);
      const name = servername === undefined ? {} : { servername };
      const options = {
        socket,
        rejectUnauthorized: false,
        minVersion: "TLSv1" as const,
        maxVersion,
        ciphers: "ALL:@SECLEVEL=0",
      };
      const secured = connect({ ...options, ...name });
      try {
        await once(secured, "secureConnect");
        return secured.getProtocol() ?? "";
      } catch {
        return "refused";
      } finally {
        secured.destroy();
      }
    }

    test("speaks TLS 1.2 and newer", async () => {
      const { host } = world.application;
      const versions = ["TLSv1.3", "TLSv1.2", "TLSv1.1"] as const;
      const seen = await Promise.all(versions.map((version) => shake(host, version)));
      expect(seen).toEqual(["TLSv1.3", "TLSv1.2", "refused"]);
    });

    test("is shut to who names no host, or one that is not here", async () => {
      expect(await Promise.all([shake(undefined), shake("elsewhere.example"), shake("127.0.0.1.example")])).toEqual(
        Array(3).fill("refused"),
      );
    });

    test("does not show hosts of another entry point", async () => {
      const machine = world.table(({ entryPoint }) => entryPoint === "machine");
      const answer = await world.traffic.proxied(world.address()).send({ host: machine.host, path: "/" });
      expect([answer.status, world.received(answer)]).toEqual([404, []]);
    });

    test("does not take plain HTTP", async () => {
      const socket = connectTcp({ host: "127.0.0.1", port: world.traffic.traefik.ports.get("edge") ?? 0 });
      socket.end(
        `PROXY TCP4 ${CLOUDFLARE} 192.0.2.1 51000 443\r\nGET / HTTP/1.1\r\nHost: ${world.application.host}\r\n\r\n`,
      );
      const chunks: Buffer[] = [];
      for await (const chunk of socket) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).not.toContain("200 OK");
    });

    test("asks the gate over HTTP/2 as well, whatever a second host says", async () => {
      const { host } = world.application;
      const open = world.table(({ routes }) => routes.some((row) => row.class === "public" && row.path === "/")).host;
      expect((await overHttp2(host)).status).toBe(302);
      const two = [await overHttp2(open, host), await overHttp2(host, open)];
      expect(two.flatMap(({ received }) => received.filter(({ by }) => by.startsWith(application.namespace)))).toEqual(
        [],
      );
    });

    /** A request whose `:authority` and `host` may differ. */
    async function overHttp2(authority: string, host?: string) {
      const socket = connectTcp({ host: "127.0.0.1", port: world.traffic.traefik.ports.get("edge") ?? 0 });
      socket.write(`PROXY TCP4 ${CLOUDFLARE} 192.0.2.1 51000 443\r\n`);
      const secured = connect({ socket, servername: authority, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
      const session = openSession(`https://${authority}`, { createConnection: () => secured });
      const id = randomUUID();
      try {
        const names = { ":authority": authority, ...(host !== undefined && { host }) };
        const stream = session.request({ ...names, ":path": "/dashboard", accept: "text/html", [PROBE_HEADER]: id });
        const [headers] = await once(stream, "response");
        return { status: Number(headers[":status"]), received: world.traffic.journal.of(id) };
      } finally {
        session.destroy();
      }
    }
  });
}
