import { once } from "node:events";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { ClusterNames } from "../../../../sandbox/live/vault/cluster-names";

let names: ClusterNames | undefined;
let server: Server | undefined;
afterEach(async () => {
  await names?.stop();
  server?.close();
});

/** Asks the proxy for a way to a host, says hello there and answers what came back. */
async function reach(host: string): Promise<string> {
  const proxy = new URL(names?.proxy ?? "");
  const asked = request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: `${host}:443` }).end();
  const [answer, socket] = await once(asked, "connect");
  if (answer.statusCode !== 200) return `refused with ${answer.statusCode}`;
  socket.end("hello");
  return text(socket);
}

async function listen(): Promise<number> {
  server = createServer((socket) => socket.on("data", (bytes) => socket.end(`${bytes} from the API server`)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("a name of the central cluster leads to what it means there, and no other name leads anywhere", async () => {
  const known = new Map([["kubernetes.default.svc", `https://127.0.0.1:${await listen()}`]]);
  names = await ClusterNames.start((host) => known.get(host));
  expect(await reach("kubernetes.default.svc")).toBe("hello from the API server");
  expect(await reach("example.com")).toBe("refused with 403");
  known.delete("kubernetes.default.svc");
  expect(await reach("kubernetes.default.svc")).toBe("refused with 403");
});

test("a cluster that does not run ends the connection", async () => {
  names = await ClusterNames.start(() => "https://127.0.0.1:1");
  await expect(reach("kubernetes.default.svc")).rejects.toThrow("socket hang up");
});

test("plain requests are refused", async () => {
  names = await ClusterNames.start(() => undefined);
  const { status } = await fetch(names.proxy);
  expect(status).toBe(403);
});
