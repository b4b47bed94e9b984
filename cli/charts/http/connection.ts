import http from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import tls from "node:tls";
import { FetchProblem } from "./problem";

/** What a connection needs beside its address. */
export interface ConnectionOptions {
  /** Proxy that the connection goes through. @default - none */
  readonly proxy?: URL;
  /** Certificates that are trusted instead of Node's own, PEM. @default - Node's */
  readonly trusted?: string;
  /** Milliseconds without a sign of life after which it is given up. */
  readonly timeoutMs: number;
}

/** Opens a TLS connection to a host, through a proxy where there is one. */
export async function connect(host: string, port: number, options: ConnectionOptions): Promise<tls.TLSSocket> {
  const { proxy, trusted, timeoutMs } = options;
  const through = proxy === undefined ? {} : { socket: await tunnel(proxy, host, port, options) };
  // An address is no name that could be asked for; the certificate is checked against it all the same.
  const servername = isIP(host) === 0 ? host : undefined;
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host, port, ...through, servername, ca: trusted, ALPNProtocols: ["http/1.1"] });
    socket.setTimeout(timeoutMs, () => socket.destroy(timedOut(`${host}:${port}`, timeoutMs)));
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", (error) => reject(refused(`${host}:${port}`, error)));
  });
}

/** Asks a proxy for a connection to a host. */
function tunnel(proxy: URL, host: string, port: number, { trusted, timeoutMs }: ConnectionOptions): Promise<Socket> {
  const authority = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === "https:" ? https : http).request({
      host: proxy.hostname,
      port: proxy.port === "" ? undefined : Number(proxy.port),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...credentials(proxy) },
      agent: false,
      timeout: timeoutMs,
      ...(proxy.protocol === "https:" && { ca: trusted }),
    });
    request.once("connect", (response, socket: Socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      const problem = `the proxy ${proxy.host} answered ${response.statusCode} for ${authority}`;
      reject(new FetchProblem(problem, "Check HTTPS_PROXY and NO_PROXY, and what the proxy lets pass."));
    });
    request.once("timeout", () => request.destroy(timedOut(`the proxy ${proxy.host}`, timeoutMs)));
    request.once("error", (error) => reject(refused(`the proxy ${proxy.host}`, error)));
    request.end();
  });
}

function credentials(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The problem that stands for silence. */
export function timedOut(what: string, timeoutMs: number): FetchProblem {
  return new FetchProblem(`${what} said nothing for ${timeoutMs / 1000} s`, NETWORK, true);
}

/** The problem that stands for an error of the connection; certificates do not mend themselves. */
export function refused(what: string, error: Error): FetchProblem {
  if (error instanceof FetchProblem) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)) {
    const fix = "Name the file of the certificate authority in SSL_CERT_FILE, if you trust it.";
    return new FetchProblem(`the certificate of ${what} is not trusted (${code})`, fix);
  }
  return new FetchProblem(`no connection to ${what} (${code || error.message})`, NETWORK, true);
}

const NETWORK = "Check the network, HTTPS_PROXY and NO_PROXY.";
