import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import path from "node:path";
import { httpReader } from "../../cli/charts/http";
import { routeOf } from "../../cli/charts/http/proxy";
import { chartArchive, internet, programOf } from "./support/charts";
import { fakeSession, ROOT, strata, temporaryFolder } from "./support/session";

const HTTP = { chart: "web", repository: "https://charts.example", version: "1.2.3" };
const OCI = { chart: "idp", repository: "oci://docker.io/team", version: "2.0.0" };

const digest = (content: string | Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

async function pull(pin: typeof HTTP, hosts: Readonly<Record<string, RequestListener>>) {
  const proxy = await internet(hosts);
  const to = path.join(temporaryFolder(), "mirror");
  const outcome = await strata(["charts", "pull", "--dir", programOf([pin]), "--to", to], { env: proxy.environment });
  return { ...outcome, files: existsSync(to) ? readdirSync(to).sort() : [], requests: proxy.requests() };
}

describe("a repository that is", () => {
  let archive: Buffer;
  beforeAll(async () => {
    // Big enough to come in pieces.
    archive = await chartArchive("web", "1.2.3", createHash("sha512").update("x").digest("hex").repeat(3000));
  });

  /** Serves an index, and its archive by the given answers, one after the other. */
  function repository(...answers: readonly RequestListener[]) {
    const left = [...answers];
    const good: RequestListener = (_, response) => response.end(archive);
    const listener: RequestListener = (request, response) => {
      if (request.url !== "/index.yaml") return (left.shift() ?? good)(request, response);
      const entry = { version: "1.2.3", urls: ["web.tgz"], digest: digest(archive).slice("sha256:".length) };
      response.end(JSON.stringify({ entries: { web: [entry] } }));
    };
    return { "charts.example": listener };
  }

  const status =
    (code: number): RequestListener =>
    (_, response) =>
      response.writeHead(code).end();

  const truncated: RequestListener = (_, response) => {
    response.writeHead(200, { "content-length": archive.length });
    response.write(archive.subarray(0, 100), () => response.destroy());
  };

  const truncatedWithoutLength: RequestListener = (_, response) => {
    response.write(archive.subarray(0, 100), () => response.destroy());
  };

  it.each([
    ["busy", [status(429), status(503)]],
    ["breaking off", [truncated, truncatedWithoutLength]],
  ])("%s for a moment is asked again", async (_, answers) => {
    const { code, files, requests } = await pull(HTTP, repository(...answers));
    expect({ code, files }).toEqual({ code: 0, files: ["checksums.txt", "web-1.2.3.tgz"] });
    expect(requests).toHaveLength(4);
  });

  it.each([
    ["busy all the time", Array.from({ length: 9 }, () => status(503)), "web.tgz answered 503", 5],
    ["breaking off all the time", Array.from({ length: 9 }, () => truncated), "broke off in the middle", 5],
    ["lacking the archive", [status(404)], "web.tgz answered 404", 1],
    ["closed to us", [status(403)], "web.tgz answered 403", 1],
  ])("%s is a failure that leaves no file", async (_, answers, problem, attempts) => {
    const { code, err, files, requests } = await pull(HTTP, repository(...answers));
    expect({ code, files }).toEqual({ code: 1, files: [] });
    expect(err).toContain(problem);
    expect(requests).toHaveLength(1 + attempts);
  });

  it("sending on to another host is followed", async () => {
    const elsewhere: RequestListener = (_, response) =>
      response.writeHead(302, { location: "https://files.example/web.tgz" }).end();
    const hosts = {
      ...repository(elsewhere),
      "files.example": ((_, response) => response.end(archive)) as RequestListener,
    };
    expect((await pull(HTTP, hosts)).code).toBe(0);
  });

  it("sending in circles, or to plain HTTP, is given up", async () => {
    const to =
      (location: string): RequestListener =>
      (_, response) =>
        response.writeHead(301, { location }).end();
    const circle = await pull(
      HTTP,
      repository(...Array.from({ length: 9 }, () => to("https://charts.example/web.tgz"))),
    );
    expect(circle.err).toContain("charts.example redirects more than 5 times");
    const plain = await pull(HTTP, repository(to("http://charts.example/web.tgz")));
    expect(plain.err).toContain("http://charts.example/web.tgz is not an https address");
  });

  it("silent is given up after a while", async () => {
    const { environment } = await internet({ "charts.example": () => undefined });
    const http = httpReader(fakeSession({ env: environment }).session, 40);
    await expect(http.get(new URL("https://charts.example/"), { limit: 10 })).rejects.toThrow(
      "said nothing for 0.04 s",
    );
  });

  it("endless is cut off", async () => {
    const { environment } = await internet({ "charts.example": (_, response) => response.end("0123456789+") });
    const http = httpReader(fakeSession({ env: environment }).session);
    await expect(http.get(new URL("https://charts.example/"), { limit: 10 })).rejects.toThrow("longer than 10 bytes");
  });

  it("stalled when strata is killed leaves no half archive, and the next run completes", async () => {
    let stalled: (() => void) | undefined;
    const reached = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    const stalls: RequestListener = (_, response) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, archive.length - 1), () => stalled?.());
    };
    const { environment } = await internet(repository(stalls));
    const to = path.join(temporaryFolder(), "mirror");
    const args = ["charts", "pull", "--dir", programOf([HTTP]), "--to", to];
    const env = { PATH: process.env.PATH, ...environment };
    const child = spawn(process.execPath, [path.join(ROOT, "cli/bin.mjs"), ...args], { env, stdio: "ignore" });
    await reached;
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(to) ? readdirSync(to) : []).toEqual([]);
    // What is left when it is killed while it writes.
    mkdirSync(to, { recursive: true });
    writeFileSync(path.join(to, `.web-1.2.3.tgz.${child.pid}.partial`), archive.subarray(0, 100));
    writeFileSync(path.join(to, `.other.tgz.${process.pid}.partial`), "");
    expect((await strata(args, { env: environment })).code).toBe(0);
    expect(readdirSync(to).sort()).toEqual([`.other.tgz.${process.pid}.partial`, "checksums.txt", "web-1.2.3.tgz"]);
  });
});

describe("a registry that", () => {
  interface Registry {
    /** Value of the header of an answer without a token. @default - none is asked for */
    readonly challenge?: string;
    readonly manifestDigest?: string;
    readonly layer?: Buffer;
    readonly mediaType?: string;
    /** Sends blobs on to another host. */
    readonly storage?: boolean;
    readonly token?: RequestListener;
  }

  /** Serves one chart as Docker Hub does: another host than its name, tokens and blobs on others again. */
  async function registry(given: Registry = {}) {
    const archive = await chartArchive("idp", "2.0.0");
    const mediaType = given.mediaType ?? "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    const layers = [{ mediaType, digest: digest(archive), size: archive.length }];
    const manifest = JSON.stringify({ schemaVersion: 2, config: {}, layers });
    const seen: { host: string; authorization?: string; url?: string; accept?: string }[] = [];
    const note = (host: string, { url, headers }: IncomingMessage) =>
      void seen.push({ host, url, authorization: headers.authorization, accept: headers.accept });
    const main: RequestListener = (request, response) => {
      note("registry", request);
      if (given.challenge !== undefined && request.headers.authorization !== "Bearer anonymous") {
        response.writeHead(401, { "www-authenticate": given.challenge }).end();
      } else if (request.url === "/v2/team/idp/manifests/2.0.0") {
        response.writeHead(200, { "docker-content-digest": given.manifestDigest ?? digest(manifest) }).end(manifest);
      } else if (request.url !== `/v2/team/idp/blobs/${digest(archive)}`) response.writeHead(404).end();
      else if (given.storage) response.writeHead(307, { location: "https://storage.example/blob?signed=1" }).end();
      else response.end(given.layer ?? archive);
    };
    const tokens: RequestListener = (request, response) => {
      note("tokens", request);
      if (given.token !== undefined) given.token(request, response);
      else response.end(JSON.stringify({ token: "anonymous" }));
    };
    const storage: RequestListener = (request, response) => {
      note("storage", request);
      response.end(archive);
    };
    return { seen, hosts: { "registry-1.docker.io": main, "auth.example": tokens, "storage.example": storage } };
  }

  const BEARER =
    'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:team/idp:pull"';

  it("asks for nothing is read", async () => {
    const { hosts } = await registry();
    expect(await pull(OCI, hosts)).toMatchObject({ code: 0, files: ["checksums.txt", "idp-2.0.0.tgz"] });
  });

  it("asks for a token gets one without a name, and its storage gets none", async () => {
    const { hosts, seen } = await registry({ challenge: BEARER, storage: true });
    expect((await pull(OCI, hosts)).code).toBe(0);
    expect(seen.map(({ host, authorization }) => [host, authorization])).toEqual([
      ["registry", undefined],
      ["tokens", undefined],
      ["registry", "Bearer anonymous"],
      ["registry", "Bearer anonymous"],
      ["storage", undefined],
    ]);
    expect(seen[1]?.url).toBe("/token?service=registry.example&scope=repository%3Ateam%2Fidp%3Apull");
    expect(seen[0]?.accept).toBe("application/vnd.oci.image.manifest.v1+json");
  });

  it.each([
    ["wants a password", { challenge: 'Basic realm="x"' }, "asks for a login that strata does not know"],
    [
      "gives no token to strangers",
      { challenge: BEARER, token: ((_, response) => response.writeHead(401).end()) as RequestListener },
      "https://auth.example/token answered 401",
    ],
    [
      "does not take its own token",
      { challenge: BEARER, token: ((_, response) => response.end('{"access_token":"another"}')) as RequestListener },
      "registry-1.docker.io lets nobody read team/idp without a name",
    ],
    [
      "answers nonsense for a token",
      { challenge: BEARER, token: ((_, response) => response.end("{}")) as RequestListener },
      "auth.example gave no token",
    ],
    [
      "gives another manifest than it says",
      { manifestDigest: `sha256:${"0".repeat(64)}` },
      "what registry-1.docker.io serves has another SHA-256 than it says",
    ],
    [
      "gives another chart than its manifest says",
      { layer: Buffer.from("other") },
      "what registry-1.docker.io serves has another SHA-256 than it says",
    ],
    ["has an image and no chart", { mediaType: "application/vnd.oci.image.layer.v1.tar" }, "is not a Helm chart"],
  ])("%s is refused", async (_, given, problem) => {
    const { hosts } = await registry(given);
    const { code, err, files } = await pull(OCI, hosts);
    expect({ code, files }).toEqual({ code: 1, files: [] });
    expect(err).toContain(problem);
  });

  it("lacks the version is named with it", async () => {
    const { hosts } = await registry();
    const { err } = await pull({ ...OCI, version: "9.9.9" }, hosts);
    expect(err).toContain("https://registry-1.docker.io/v2/team/idp/manifests/9.9.9 answered 404");
  });
});

describe("the way out", () => {
  it("goes through HTTPS_PROXY, except for what NO_PROXY names and this machine itself", () => {
    const route = routeOf({
      HTTPS_PROXY: "http://proxy:3128",
      NO_PROXY: "internal.example, .lan,other.example:8443,1.2.3.4",
    });
    const proxied = (host: string, port = 443) => route.proxyFor(host, port)?.href;
    expect(proxied("charts.example")).toBe("http://proxy:3128/");
    expect(proxied("notinternal.example")).toBe("http://proxy:3128/");
    expect(proxied("other.example")).toBe("http://proxy:3128/");
    const direct = ["internal.example", "a.internal.example", "A.LAN", "1.2.3.4", "localhost", "127.0.0.1"];
    expect(direct.map((host) => proxied(host))).toEqual(direct.map(() => undefined));
    expect(proxied("other.example", 8443)).toBeUndefined();
  });

  it.each([
    [{ https_proxy: "http://lower:1" }, "http://lower:1/"],
    [{ HTTPS_PROXY: "proxy:3128" }, "http://proxy:3128/"],
    [{ HTTPS_PROXY: "" }, undefined],
    [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
    [{}, undefined],
  ])("reads %j", (env, proxy) => {
    expect(routeOf(env).proxyFor("charts.example", 443)?.href).toBe(proxy);
  });

  it.each(["socks5://proxy:1080", "http://no proxy"])("refuses %s as a proxy, without showing it", async (proxy) => {
    const args = ["charts", "pull", "--dir", programOf([HTTP]), "--to", temporaryFolder()];
    const { code, err } = await strata(args, { env: { HTTPS_PROXY: proxy } });
    expect(code).toBe(1);
    expect(err).toContain("HTTPS_PROXY\n    is not the address of an HTTP proxy. Write it as http://host:port");
    expect(err).not.toContain(proxy);
  });

  it("logs in to a proxy with the name and password of its address, and says neither", async () => {
    const given: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request: IncomingMessage, socket) => {
      given.push(request.headers["proxy-authorization"]);
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const args = ["charts", "pull", "--dir", programOf([HTTP]), "--to", temporaryFolder()];
    const { err } = await strata(args, { env: { HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${port}` } });
    proxy.close();
    expect(given).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
    expect(err).toContain(`the proxy 127.0.0.1:${port} answered 407 for charts.example:443`);
    expect(err).not.toMatch(/p%40ss|p@ss/);
  });

  it("says that nobody is there, after as many attempts as always", async () => {
    const args = ["charts", "pull", "--dir", programOf([HTTP]), "--to", temporaryFolder()];
    const { err } = await strata(args, { env: { HTTPS_PROXY: "http://127.0.0.1:9" } });
    expect(err).toContain("no connection to the proxy 127.0.0.1:9 (ECONNREFUSED)");
    expect(err).toContain("Check the network, HTTPS_PROXY and NO_PROXY.");
  });

  it("trusts what SSL_CERT_FILE names, and nobody else's certificates", async () => {
    const proxy = await internet({ "charts.example": (_, response) => response.end() });
    const args = ["charts", "pull", "--dir", programOf([HTTP]), "--to", temporaryFolder()];
    const { err } = await strata(args, { env: { HTTPS_PROXY: proxy.url } });
    expect(err).toContain("the certificate of charts.example:443 is not trusted (");
    expect(err).toContain("Name the file of the certificate authority in SSL_CERT_FILE");
    const missing = await strata(args, { env: { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: "no/such/file" } });
    expect(missing.err).toContain('SSL_CERT_FILE\n    can\'t be read (found "no/such/file"). Correct or unset it.');
  });
});
