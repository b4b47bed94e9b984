import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { objectUrl, s3Client } from "../../../cli/state/s3/client";
import { crc32 } from "../../../cli/state/s3/crc32";
import { storeOfConfiguration, storesOfSynth } from "../../../cli/state/stores";
import { LayerStack } from "../../../constructs/core/layer-stack";
import type { StateBackend } from "../../../constructs/core/state-backend";
import { render } from "../../helpers/program";
import { writeProgram } from "../support/program";
import { IMPATIENT } from "../support/session";

test("CRC-32 is the one of the standards, in base64", () => {
  expect(crc32("123456789")).toBe(Buffer.from("cbf43926", "hex").toString("base64"));
  expect(crc32("")).toBe("AAAAAA==");
});

test("an object is named below the bucket, or below the host of the bucket", () => {
  const bucket = {
    endpoint: new URL("https://store.example/base/"),
    bucket: "states",
    region: "ams1",
    pathStyle: true,
  };
  expect(objectUrl(bucket, "a b/c").href).toBe("https://store.example/base/states/a%20b/c");
  expect(objectUrl({ ...bucket, pathStyle: false }, "c", { versionId: "1" }).href).toBe(
    "https://states.store.example/base/c?versionId=1",
  );
});

describe("a client of a bucket", () => {
  const seen: { url?: string; host?: string; authorization?: string }[] = [];
  const server = createServer(({ url, headers: { host, authorization } }, response) => {
    seen.push({ url, host, authorization });
    if (url !== "/silent") response.end("<ok/>");
  });
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function client(endpoint: string, pathStyle: boolean, bucket = "states") {
    const place = { endpoint: new URL(endpoint), bucket, region: "ams1", pathStyle };
    return s3Client({
      bucket: place,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      retry: IMPATIENT,
      timeout: 60,
    });
  }

  it("signs for the region of the bucket and names it in the path", async () => {
    const send = client(`http://127.0.0.1:${port}`, true);
    expect(await send({ method: "GET", key: "a b/c", query: { versioning: "" } })).toMatchObject({ attempts: 1 });
    expect(seen.at(-1)).toMatchObject({
      url: "/states/a%20b/c?versioning=",
      authorization: expect.stringMatching(/Credential=a\/\d{8}\/ams1\/s3\/aws4_request/),
    });
  });

  it("does not wait for ever, and gives up after some attempts", async () => {
    const before = seen.length;
    await expect(client(`http://127.0.0.1:${port}`, true, "silent")({ method: "GET" })).rejects.toThrow(
      /cannot be reached: no answer in time/,
    );
    expect(seen.length - before).toBe(IMPATIENT.attempts);
  });

  it("tells http from https", async () => {
    const send = client(`https://127.0.0.1:${port}`, true);
    await expect(send({ method: "GET" })).rejects.toThrow(/does not speak TLS/);
  });
});

test("the store of a configuration is the one that its stacks are synthesized with", () => {
  const backends: readonly StateBackend[] = [
    { type: "s3", bucket: "states", region: "ams1", endpoint: "https://ams1.example", prefix: "a/b" },
    { type: "s3", bucket: "states", region: "eu-west-1", useLockfile: false },
  ];
  for (const backend of backends) {
    const stacks = render((app) => void new LayerStack(app, "l1-edge-a", { layer: 1, backend }));
    const block = stacks["l1-edge-a"]?.terraform;
    const { backend: written } = block as { readonly backend: object };
    const dir = writeProgram({ stacks: { "l1-edge-a": [] }, backends: { "l1-edge-a": written } });
    expect(storesOfSynth(dir)).toEqual([{ ...storeOfConfiguration(backend, "platform.yaml"), stacks: ["l1-edge-a"] }]);
  }
});
