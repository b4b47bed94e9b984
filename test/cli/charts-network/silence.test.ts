import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import path from "node:path";
import { httpReader } from "../../../cli/charts/http";
import { internet, programOf } from "../support/charts";
import { fakeSession, ROOT, strata, temporaryFolder } from "../support/session";
import { HTTP } from "./support/pull";
import { bigArchive, repository } from "./support/repository";

describe("a repository that is", () => {
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
    const archive = await bigArchive();
    let stalled: (() => void) | undefined;
    const reached = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    const stalls: RequestListener = (_, response) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, archive.length - 1), () => stalled?.());
    };
    const { environment } = await internet(repository(archive, stalls));
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
