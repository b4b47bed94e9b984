import type { RequestListener } from "node:http";
import { pull } from "./support/pull";
import { registry } from "./support/registry";

const OCI = { chart: "idp", repository: "oci://docker.io/team", version: "2.0.0" };

describe("a registry that", () => {
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
