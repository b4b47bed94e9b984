import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Vault } from "../../../constructs/components/vault";
import { careScript } from "../../../constructs/components/vault/sidecar";
import { at, Rendered, refused } from "./helper";

/** Stands for the server: notes each SIGHUP and opens its log anew, as Vault does. */
const SERVER = `
  trap 'echo hup >> signals; : >> audit.log' HUP
  echo ready
  while :; do sleep 0.02; done`;

let folder = "";
let server: ChildProcess | undefined;
let sidecar: ChildProcess | undefined;
const file = (name: string) => path.join(folder, name);
const signals = () => (existsSync(file("signals")) ? readFileSync(file("signals"), "utf8").split("\n").length - 1 : 0);

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "strata-sidecar-"));
  writeFileSync(file("tls.crt"), "first certificate");
  const started = spawn("/bin/sh", ["-c", SERVER], { cwd: folder });
  server = started;
  await new Promise<void>((resolve) => started.stdout.once("data", () => resolve()));
});

afterEach(() => {
  for (const child of [sidecar, server]) child?.kill("SIGKILL");
  sidecar = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function care(command = `echo ${server?.pid}`): void {
  const options = {
    certificate: file("tls.crt"),
    auditLog: file("audit.log"),
    logBytes: 100,
    server: command,
    pause: 0.02,
  };
  sidecar = spawn("/bin/sh", ["-ec", careScript(options)], { cwd: folder, stdio: "ignore" });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`it never came: ${readdirSync(folder)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("the container beside each Vault server", () => {
  test("sends a signal when the certificate was renewed, and again when the signal failed", async () => {
    writeFileSync(file("command"), `echo ${server?.pid}`);
    writeFileSync(file("audit.log"), "x".repeat(120));
    care(`sh ${file("command")}`);
    // It is at work once it has put the log aside.
    await until(() => signals() === 1 && existsSync(file("audit.log")));
    writeFileSync(file("command"), `touch ${file("tried")}; exit 1`);
    writeFileSync(file("tls.crt"), "second certificate");
    await until(() => existsSync(file("tried")));
    expect(signals()).toBe(1);
    writeFileSync(file("command"), `echo ${server?.pid}`);
    await until(() => signals() === 2);
  });

  test("puts a log aside that has grown to its part of the volume, and has the server open a new one", async () => {
    writeFileSync(file("audit.log"), "short");
    care();
    appendFileSync(file("audit.log"), "x".repeat(100));
    await until(() => signals() === 1);
    expect(readFileSync(file("audit.log.1"), "utf8")).toHaveLength(105);
    await until(() => existsSync(file("audit.log")) && readFileSync(file("audit.log"), "utf8") === "");
  });

  test("keeps nine of them, the newest ones", async () => {
    for (let number = 1; number <= 11; number++) {
      writeFileSync(file("audit.log"), `${number}`.padEnd(120));
      if (number === 1) care();
      await until(() => signals() >= number && readFileSync(file("audit.log.1"), "utf8").trim() === `${number}`);
      await until(() => existsSync(file("audit.log")));
    }
    const kept = readdirSync(folder).filter((name) => name.startsWith("audit.log."));
    expect(kept.sort()).toEqual(Array.from({ length: 9 }, (_, index) => `audit.log.${index + 1}`));
    expect(readFileSync(file("audit.log.9"), "utf8").trim()).toBe("3");
  });

  test("asks for a new log again when the server was away as the old one was put aside", async () => {
    writeFileSync(file("command"), "exit 1");
    writeFileSync(file("audit.log"), "x".repeat(120));
    care(`sh ${file("command")}`);
    await until(() => existsSync(file("audit.log.1")));
    expect(signals()).toBe(0);
    writeFileSync(file("command"), `echo ${server?.pid}`);
    await until(() => existsSync(file("audit.log")));
  });
});

describe("the audit volume", () => {
  const container = (auditStorage?: string) =>
    at(
      Rendered.of((stack, base) => {
        new Vault(stack, "vault", { ...base, auditStorage });
      }).values("vault"),
      "server.extraContainers.0",
    );

  test("has room for ten logs and what is written between two looks", () => {
    expect(String(at(container("12Gi"), "args.0"))).toContain(`-lt ${1024 ** 3} ]`);
    expect(at(container(), "volumeMounts")).toEqual(
      expect.arrayContaining([{ name: "audit", mountPath: "/vault/audit" }]),
    );
  });

  test.each(["10G", "32Mi", "much"])("is refused in a size that cannot be divided: %s", (auditStorage) => {
    const problem = refused((stack, base) => {
      new Vault(stack, "vault", { ...base, auditStorage });
    });
    expect(problem).toContain("size of the audit volume is not understood");
    expect(problem).toContain(auditStorage);
  });
});
