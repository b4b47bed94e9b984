import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { type Changes, misconfigured, refusalOf, removeMistakes } from "../../helpers/mistakes";
import { CLUSTER, PLATFORM, POOL, PROD, STAGING } from "./mistakes/row";

jest.setTimeout(120_000);
afterAll(removeMistakes);

describe("the command answers as the loader does, with exit code 1, and writes nothing", () => {
  test.each<[string, Changes, string]>([
    ["one mistake in one file", { [STAGING]: { "placement/cluster": "platfrom" } }, "1 problem:"],
    ["a gate without groups", { [PLATFORM]: { [`${CLUSTER}/gates/main/groups`]: [] } }, "1 problem:"],
    ["gates that nobody serves", { [PLATFORM]: { [`${CLUSTER}/components/casdoor`]: false } }, "2 problems:"],
    [
      "a variable that lets everybody in",
      { [PROD]: { "apps/openpanel/environment/DEMO_USER_ID": "somebody" } },
      "1 problem:",
    ],
    ["one in each of two files", { [PLATFORM]: { [`${POOL}/plan`]: "vc2" }, [PROD]: { data: 5 } }, "2 problems:"],
    [
      "what only the charts of two clusters know",
      {
        [PLATFORM]: {
          [`${CLUSTER}/components/traefik/values/image/tag`]: "latest",
        },
        [PROD]: { "placement/components/traefik/values/deploymnt/replicas": 2 },
      },
      "2 problems:",
    ],
  ])("%s", (_, changes, head) => {
    const dir = misconfigured(changes);
    const out = path.join(dir, "out");
    const env = { ...process.env, STRATA_CONFIG: dir, CDKTF_OUTDIR: out };
    const root = path.resolve(__dirname, "../../..");
    const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/synth.mjs"], {
      cwd: root,
      encoding: "utf8",
      env,
    });
    expect({
      status,
      stdout,
      message: stderr.replaceAll(`${dir}/`, ""),
    }).toEqual({
      status: 1,
      stdout: "",
      message: `${refusalOf(dir)}\n`,
    });
    expect(stderr).toContain(head);
    expect(readdirSync(dir).sort()).toEqual(["environments", "platform.yaml"]);
  });
});
