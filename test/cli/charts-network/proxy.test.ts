import { createServer, type IncomingMessage } from "node:http";
import { routeOf } from "../../../cli/charts/http/proxy";
import { internet, programOf } from "../support/charts";
import { strata, temporaryFolder } from "../support/session";
import { HTTP } from "./support/pull";

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
