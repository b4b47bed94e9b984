import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { ObjectStore } from "../../../sandbox/live/object-store";
import { keptSettings } from "../../../sandbox/live/object-store/settings";
import { Servers } from "../../../sandbox/live/servers";
import { Failure } from "../../../sandbox/run/failure";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "strata-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a store is the same one whenever its folder is opened again", async () => {
  const first = await keptSettings(folder);
  expect(await keptSettings(folder)).toEqual(first);
  expect(await keptSettings(folder, 4711)).toEqual({ ...first, port: 4711 });
  expect(await keptSettings(folder)).toMatchObject({ port: 4711 });
});

test("every store has an access key of its own, which only its owner can read", async () => {
  const [one, other] = [await keptSettings(path.join(folder, "one")), await keptSettings(path.join(folder, "other"))];
  expect(one.secretAccessKey).not.toBe(other.secretAccessKey);
  expect(Buffer.from(one.encryptionKey, "base64")).toHaveLength(32);
  expect(statSync(path.join(folder, "one", "store.json")).mode & 0o777).toBe(0o600);
});

test("a port in use is told with what to do, before anything is started", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const start = ObjectStore.start({ folder, port, servers: new Servers(), binary: "/no/such/program" });
  const said = await start.then(String, String);
  await new Promise((resolve) => server.close(resolve));
  expect(said).toContain(`127.0.0.1:${port}, where another program listens`);
  expect(said).toContain("start the store on another port");
});

test("a store that does not start is told with the end of its log", async () => {
  const binary = path.join(folder, "broken");
  writeFileSync(binary, '#!/bin/sh\necho "FATAL out of order: $MINIO_UPDATE $HOME"\nexit 1\n', { mode: 0o755 });
  const start = ObjectStore.start({ folder, servers: new Servers(), binary });
  await expect(start).rejects.toThrow(
    /^object store on port \d+ ended as soon as it was started[\s\S]*out of order: off/,
  );
  expect(readFileSync(path.join(folder, "minio.log"), "utf8")).toContain(folder);
});

test("damaged settings are not replaced: the objects could not be read any more", async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "store.json"), "{");
  await expect(keptSettings(folder)).rejects.toThrow(Failure);
  expect(readFileSync(path.join(folder, "store.json"), "utf8")).toBe("{");
});
