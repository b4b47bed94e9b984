import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http, { type RequestListener } from "node:http";
import https from "node:https";
import net, { type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { Authority } from "../../../sandbox/live/pki";
import { type ProxyOptions, type RunningProxy, startProxy } from "../../../sandbox/live/proxy";

const folder = mkdtempSync(path.join(tmpdir(), "strata-proxy-"));
let authority: Authority;
const running: RunningProxy[] = [];

beforeAll(async () => {
  authority = await Authority.create("sandbox");
});
afterEach(async () => {
  for (const proxy of running.splice(0)) await proxy.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function proxied(hosts: ProxyOptions["hosts"]): Promise<RunningProxy> {
  const proxy = await startProxy({ authority, hosts, folder });
  running.push(proxy);
  return proxy;
}

const says =
  (text: string): RequestListener =>
  (request, response) => {
    response.end(`${text} ${request.method} ${request.url}`);
  };

/** Asks the proxy for a connection; the status line that it answers, and the connection. */
function connectTo(proxy: RunningProxy, authority: string) {
  return new Promise<{ status: string; socket: Socket }>((resolve, reject) => {
    const socket = net.connect(Number(new URL(proxy.url).port), "127.0.0.1", () => {
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    });
    socket.once("data", (data) => resolve({ status: data.toString().split("\r\n")[0] ?? "", socket }));
    socket.once("error", reject);
  });
}

/** Reads a URL through the proxy, trusting what its clients are told to trust. */
async function get(proxy: RunningProxy, address: string, ca = readFileSync(proxy.caFile, "utf8")) {
  const url = new URL(address);
  const { status, socket } = await connectTo(proxy, `${url.hostname}:${url.port || 443}`);
  if (!status.startsWith("HTTP/1.1 200")) throw new Error(status);
  const secure = tls.connect({ socket, servername: url.hostname, ca });
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    secure.once("error", reject);
    const request = https.request(url, { createConnection: () => secure }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        secure.destroy();
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on("error", reject);
    request.end();
  });
}

test("it answers for the hosts it knows, each with a certificate of its own", async () => {
  const proxy = await proxied({ "a.example": says("a"), "B.example": says("b") });
  expect(await get(proxy, "https://a.example/x?token=secret")).toEqual({
    status: 200,
    body: "a GET /x?token=secret",
  });
  expect((await get(proxy, "https://b.example/y")).body).toBe("b GET /y");
});

test("it tells what was asked for, without queries, and that nothing else was", async () => {
  const proxy = await proxied({ "a.example": says("a") });
  await get(proxy, "https://a.example/x?token=secret");
  await expect(get(proxy, "https://elsewhere.example/")).rejects.toThrow("502");
  expect(proxy.requests()).toEqual([
    { host: "a.example", port: 443, method: "GET", path: "/x", refused: false },
    { host: "elsewhere.example", port: 443, method: "CONNECT", path: "", refused: true },
  ]);
});

test("a host that it does not know is refused with a line that says which", async () => {
  const proxy = await proxied({ "a.example": says("a") });
  const { status, socket } = await connectTo(proxy, "api.cloud.example:443");
  socket.destroy();
  expect(status).toBe("HTTP/1.1 502 The sandbox has nobody who answers for api.cloud.example:443");
});

test("a known host on another port is another place", async () => {
  const proxy = await proxied({ "a.example": says("a") });
  const { status, socket } = await connectTo(proxy, "a.example:80");
  socket.destroy();
  expect(status).toContain("502");
});

test("a function may say who answers, by host and port", async () => {
  const listener = says("any");
  const proxy = await proxied((host, port) => (host.endsWith(".example") && port === 8443 ? listener : undefined));
  expect((await get(proxy, "https://one.example:8443/")).body).toBe("any GET /");
  await expect(get(proxy, "https://one.example/")).rejects.toThrow("502");
});

test("plain HTTP is refused and noted", async () => {
  const proxy = await proxied({ "a.example": says("a") });
  const answer = await new Promise<string>((resolve, reject) => {
    const options = { port: new URL(proxy.url).port, path: "http://a.example/x?token=secret" };
    const request = http.get({ host: "127.0.0.1", ...options, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(`${response.statusCode} ${Buffer.concat(chunks).toString()}`));
    });
    request.on("error", reject);
  });
  expect(answer).toBe("502 The sandbox answers over HTTPS only, not for http://a.example/x.\n");
  expect(proxy.requests()).toEqual([{ host: "a.example", port: 80, method: "GET", path: "", refused: true }]);
});

test("a client that does not trust the authority gets nothing, and the proxy goes on", async () => {
  const proxy = await proxied({ "a.example": says("a") });
  const other = await Authority.create("another");
  await expect(get(proxy, "https://a.example/", other.certificate)).rejects.toThrow();
  expect((await get(proxy, "https://a.example/")).status).toBe(200);
});

test("a listener that throws, now or later, is an answer of 500 and nothing more", async () => {
  const proxy = await proxied({
    "now.example": () => {
      throw new Error("a secret");
    },
    "later.example": (async () => {
      await Promise.resolve();
      throw new Error("a secret");
    }) as RequestListener,
  });
  for (const host of ["now", "later"]) {
    const { status, body } = await get(proxy, `https://${host}.example/`);
    expect({ status, body }).toEqual({ status: 500, body: "This part of the sandbox failed.\n" });
  }
});

test("clients that go away in the middle do no harm", async () => {
  let asked = 0;
  const proxy = await proxied({
    "slow.example": () => {
      asked += 1;
    },
    "a.example": says("a"),
  });
  const port = Number(new URL(proxy.url).port);
  for (const text of [
    "",
    "CONNECT",
    "CONNECT a.example:443 HTTP/1.1\r\n\r\n",
    "nonsense\r\n\r\n",
    "CONNECT :x HTTP/1.1\r\n\r\n",
  ]) {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text, () => socket.resetAndDestroy()));
    await new Promise((resolve) => socket.once("close", resolve));
  }
  const pending = get(proxy, "https://slow.example/");
  pending.catch(() => undefined);
  while (asked === 0) await Promise.race([sleep(5), pending]);
  const { socket } = await connectTo(proxy, "a.example:443");
  socket.write("this is no handshake");
  socket.resetAndDestroy();
  expect((await get(proxy, "https://a.example/")).status).toBe(200);
  await proxy.stop();
  await expect(pending).rejects.toThrow();
});

test("its clients get all they need from its environment", async () => {
  const proxy = await proxied({});
  expect(proxy.environment).toMatchObject({
    HTTPS_PROXY: proxy.url,
    https_proxy: proxy.url,
    SSL_CERT_FILE: proxy.caFile,
    NO_PROXY: expect.stringContaining("127.0.0.1"),
  });
  expect(readFileSync(proxy.caFile, "utf8")).toBe(authority.certificate);
});

test("after it was stopped nobody answers", async () => {
  const proxy = await proxied({ "a.example": says("a") });
  await proxy.stop();
  await expect(connectTo(proxy, "a.example:443")).rejects.toThrow("ECONNREFUSED");
});
