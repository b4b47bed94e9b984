import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ERRORS_VARIABLE, sandboxEnvironment } from "../../sandbox/run/environment";
import { takeLock } from "../../sandbox/run/lock";
import { sandboxPaths } from "../../sandbox/run/paths";
import { readProgram } from "../../sandbox/run/program";
import { compareStates, readState } from "../../sandbox/run/states";
import { table } from "../../sandbox/run/terminal";
import { builtTerraform, findTerraform, missingTerraform } from "../../sandbox/run/terraform-binary";
import { readErrors } from "../../sandbox/run/terraform-errors";
import { removeFolders, temporaryFolder } from "./support";

afterAll(removeFolders);

function executable(file: string, script: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("finding Terraform", () => {
  const answering = (version: string): string => `echo '{"terraform_version":"${version}"}'`;
  // /bin for the shell of the fake binaries.
  const search = (folder: string): string => `${folder}:/bin`;

  test("takes the one on the PATH when it is new enough", () => {
    const folder = temporaryFolder();
    const file = executable(path.join(folder, "terraform"), answering("1.12.2"));
    expect(findTerraform(folder, { PATH: search(folder) })).toEqual({ file, version: "1.12.2" });
  });

  test("says which version it found when that is too old", () => {
    const folder = temporaryFolder();
    const file = executable(path.join(folder, "terraform"), answering("1.9.8"));
    expect(findTerraform(folder, { PATH: folder })).toBe(`${file}: version 1.9.8`);
  });

  test("falls back to the one that it built before", () => {
    const folder = temporaryFolder();
    const file = executable(builtTerraform(folder), answering("1.11.4"));
    expect(findTerraform(folder, { PATH: "/nowhere" })).toEqual({ file, version: "1.11.4" });
  });

  test("takes the binary that TERRAFORM_BINARY_NAME names, and no other", () => {
    const folder = temporaryFolder();
    executable(builtTerraform(folder), answering("1.11.4"));
    const found = findTerraform(folder, { PATH: "/nowhere", TERRAFORM_BINARY_NAME: "/nowhere/terraform" });
    expect(found).toBe("/nowhere/terraform: not found");
  });

  test("tells a program that is not Terraform", () => {
    const folder = temporaryFolder();
    const file = executable(path.join(folder, "terraform"), "exit 1");
    expect(findTerraform(folder, { PATH: folder })).toBe(`${file}: does not answer as Terraform`);
  });

  test("tells how to get it, and offers to build it only where Go is", () => {
    const text = missingTerraform("terraform: not found", false);
    expect(text).toContain("Terraform 1.11.0 or newer");
    expect(text).toContain("https://developer.hashicorp.com/terraform/install");
    expect(text).not.toContain("--yes");
    expect(missingTerraform("terraform: not found", true)).toContain("--yes");
  });
});

describe("the environment of child processes", () => {
  const env = (): Record<string, string> =>
    sandboxEnvironment({ paths: sandboxPaths(temporaryFolder()), terraform: "/usr/bin/terraform", reattach: "{}" });

  test("holds no credential, proxy or setting of the user", () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_SECRET_ACCESS_KEY: "real",
      VULTR_API_KEY: "real",
      CLOUDFLARE_API_TOKEN: "real",
      VAULT_TOKEN: "real",
      TF_CLI_ARGS: "-real",
      TF_VAR_x: "real",
      KUBECONFIG: "real",
      HTTPS_PROXY: "http://real",
      SSH_AUTH_SOCK: "real",
    });
    try {
      expect(Object.values(env()).filter((value) => value.includes("real"))).toEqual([]);
    } finally {
      process.env = before;
    }
  });

  test("sends what would leave the machine to a proxy that does not exist", () => {
    expect(env()).toMatchObject({ HTTPS_PROXY: "http://127.0.0.1:9", CHECKPOINT_DISABLE: "1" });
  });

  test("has a Cloudflare token of the length that the provider asks for", () => {
    expect(env().CLOUDFLARE_API_TOKEN).toHaveLength(40);
  });

  test("names a Terraform that notes its process id, keeps its errors, and does not start once the sandbox stops", () => {
    const paths = sandboxPaths(path.join(temporaryFolder(), "with 'quotes'"));
    const { TERRAFORM_BINARY_NAME: wrapper = "" } = sandboxEnvironment({
      paths,
      terraform: "/bin/echo",
      reattach: "{}",
    });
    const first = spawnSync(wrapper, ["plan"], { encoding: "utf8" });
    expect(first.stdout).toBe("plan\n");
    expect(readFileSync(paths.pids, "utf8")).toMatch(/^\d+\n$/);
    const broken = sandboxEnvironment({ paths, terraform: "/bin/ls", reattach: "{}" });
    const env = { ...broken, [ERRORS_VARIABLE]: paths.folder };
    expect(spawnSync(wrapper, ["/nowhere"], { env, cwd: paths.home, encoding: "utf8" }).stderr).toBe("");
    expect(readFileSync(path.join(paths.folder, "home.log"), "utf8")).toContain("/nowhere");
    writeFileSync(`${paths.pids}.stop`, "");
    expect(spawnSync(wrapper, ["plan"]).status).toBe(130);
  });
});

describe("the lock of a sandbox folder", () => {
  test("keeps a second sandbox out and is free after it was given back", () => {
    const file = path.join(temporaryFolder(), "lock");
    const release = takeLock(file);
    writeFileSync(file, "1\n"); // a process that always lives
    expect(() => takeLock(file)).toThrow(/Another sandbox \(process 1\) works in/);
    release();
    takeLock(file)();
    expect(existsSync(file)).toBe(false);
  });

  test("is taken over from a process that is gone", () => {
    const file = path.join(temporaryFolder(), "lock");
    const { pid } = spawnSync("true");
    writeFileSync(file, `${pid}\n`);
    takeLock(file)();
  });
});

describe("reading what Terraform printed as errors", () => {
  test("finds the errors of each stack, without frames, colours and what stands before them", () => {
    const folder = temporaryFolder();
    const framed = "\u001b[31m╷\u001b[0m\n│ Error: first\n│ \n│   with vultr_vpc.b,\n╵\n";
    writeFileSync(path.join(folder, "l1-cluster-a.log"), `Warning: something\n${framed}`);
    writeFileSync(path.join(folder, "l2-base-a.log"), "Warning: something\n");
    expect([...readErrors(folder)]).toEqual([["l1-cluster-a", "Error: first\n\n  with vultr_vpc.b,"]]);
  });

  test("finds none where nothing was printed", () => {
    expect(readErrors("/nowhere").size).toBe(0);
  });
});

describe("counting what is in a state", () => {
  const state = (...instances: Record<string, unknown>[]): string =>
    JSON.stringify({
      resources: [
        { mode: "managed", type: "vultr_vpc", name: "v", provider: "p", instances },
        { mode: "data", type: "cloudflare_zone", name: "z", provider: "p", instances: [{}] },
      ],
    });

  test("counts every instance and no data source", () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, "a.tfstate"), state({ index_key: 0 }, { index_key: 1 }));
    expect(readState(folder, "a").size).toBe(2);
    writeFileSync(path.join(folder, "b.tfstate"), "");
    expect(readState(folder, "b").size).toBe(0);
    expect(readState(folder, "missing").size).toBe(0);
  });

  test("tells created, changed and destroyed apart", () => {
    const before = new Map(Object.entries({ a: "1", b: "1", c: "1" }));
    const after = new Map(Object.entries({ b: "1", c: "2", d: "1", e: "1" }));
    expect(compareStates(before, after)).toEqual({ created: 2, changed: 1, destroyed: 1 });
  });
});

describe("what synth says about the program", () => {
  test("is refused with a clear message when it has another form", () => {
    const folder = temporaryFolder();
    expect(() => readProgram(folder)).toThrow(/Synth wrote no .*program\.json/);
    writeFileSync(path.join(folder, "program.json"), JSON.stringify({ schemaVersion: 2, stacks: [] }));
    expect(() => readProgram(folder)).toThrow(/is not what the sandbox reads/);
  });
});

describe("tables", () => {
  test("align numbers to the right and everything else to the left", () => {
    expect(
      table(
        ["stack", "created"],
        [
          ["l1-edge", 3],
          ["l2-base-platform", 12],
        ],
      ),
    ).toEqual(["stack             created", "l1-edge                 3", "l2-base-platform       12"]);
  });
});
