import type { RequestListener } from "node:http";
import { HTTP, pull } from "./support/pull";
import { bigArchive, repository } from "./support/repository";

describe("a repository that is", () => {
  let archive: Buffer;
  beforeAll(async () => {
    archive = await bigArchive();
  });

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
    const { code, files, requests } = await pull(HTTP, repository(archive, ...answers));
    expect({ code, files }).toEqual({ code: 0, files: ["checksums.txt", "web-1.2.3.tgz"] });
    expect(requests).toHaveLength(4);
  });

  it.each([
    ["busy all the time", Array.from({ length: 9 }, () => status(503)), "web.tgz answered 503", 5],
    ["breaking off all the time", Array.from({ length: 9 }, () => truncated), "broke off in the middle", 5],
    ["lacking the archive", [status(404)], "web.tgz answered 404", 1],
    ["closed to us", [status(403)], "web.tgz answered 403", 1],
  ])("%s is a failure that leaves no file", async (_, answers, problem, attempts) => {
    const { code, err, files, requests } = await pull(HTTP, repository(archive, ...answers));
    expect({ code, files }).toEqual({ code: 1, files: [] });
    expect(err).toContain(problem);
    expect(requests).toHaveLength(1 + attempts);
  });

  it("sending on to another host is followed", async () => {
    const elsewhere: RequestListener = (_, response) =>
      response.writeHead(302, { location: "https://files.example/web.tgz" }).end();
    const hosts = {
      ...repository(archive, elsewhere),
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
      repository(archive, ...Array.from({ length: 9 }, () => to("https://charts.example/web.tgz"))),
    );
    expect(circle.err).toContain("charts.example redirects more than 5 times");
    const plain = await pull(HTTP, repository(archive, to("http://charts.example/web.tgz")));
    expect(plain.err).toContain("http://charts.example/web.tgz is not an https address");
  });
});
