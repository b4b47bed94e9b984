import { StrataError } from "../../constructs/core/errors";
import { loadPlatform } from "../../schema/load";
import { inDirectory, PROD, problemsOf } from "./config";

describe("the shape of the documents", () => {
  it("accepts the base", () => {
    expect(problemsOf({})).toEqual([]);
  });

  it("refuses a directory that is not there, and says how to make one", () => {
    expect(() => loadPlatform("no/such/config")).toThrow(
      new StrataError([
        {
          where: "no/such/config",
          problem: "there is no configuration here",
          fix: "Run `npx strata init` to write one, or name another directory.",
        },
      ]),
    );
  });

  it("words a report for a terminal", () => {
    inDirectory(
      { platform: ["plan: pro", "plan: gold"], staging: ["cluster: platform", "cluster: platfrom"] },
      (dir) => {
        expect(() => loadPlatform(dir)).toThrow(
          [
            "2 problems:",
            `  ${dir}/platform.yaml:5 zones.acme.example.plan`,
            '    plan is not valid (found "gold"). Write free, pro, business or enterprise.',
            `  ${dir}/environments/staging.yaml:1 placement.cluster`,
            '    environment staging is placed on a cluster that platform.yaml does not have (found "platfrom"). Did you mean platform?',
          ].join("\n"),
        );
      },
    );
  });

  it("refuses a configuration without platform.yaml", () => {
    expect(problemsOf({ files: { "platform.yaml": null } })).toEqual([
      "config/platform.yaml: there is no such file. Run `npx strata init`, or write it.",
    ]);
  });

  it("refuses an empty file", () => {
    expect(problemsOf({ files: { "environments/staging.yaml": "# nothing yet\n" } })).toEqual([
      "config/environments/staging.yaml: the file is empty. Write its settings, {} to take all from its profile, or delete it.",
    ]);
  });

  it("refuses a file that is not text", () => {
    expect(problemsOf({ files: { "environments/staging.yaml": Uint8Array.of(0xff, 0xfe, 0x00) } })).toEqual([
      "config/environments/staging.yaml: this is not text in UTF-8. Save it as UTF-8.",
    ]);
  });

  it("reports the syntax errors of all files at once", () => {
    expect(
      problemsOf({
        platform: ["domains: {public: acme.example}", "domains: {public: acme.example"],
        files: { "environments/staging.yaml": "apps:\n\topenpanel: {}\n" },
      }),
    ).toEqual([
      "config/platform.yaml:4: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }. Mend the syntax; indentation is by spaces, and every key stands once.",
      "config/environments/staging.yaml:2: not valid YAML: Tabs are not allowed as indentation. Mend the syntax; indentation is by spaces, and every key stands once.",
    ]);
  });

  it("refuses a key that stands twice", () => {
    expect(problemsOf({ staging: ["apps: {openpanel: {}}", "owner: a\nowner: b"] })).toEqual([
      "config/environments/staging.yaml:3: not valid YAML: Map keys must be unique. Mend the syntax; indentation is by spaces, and every key stands once.",
    ]);
  });

  it("refuses a document of another kind", () => {
    expect(problemsOf({ files: { "environments/staging.yaml": "- a\n- b\n" } })).toEqual([
      'config/environments/staging.yaml:1: the document is not valid (found ["a","b"]). Write a mapping of settings.',
    ]);
  });

  it("refuses an unknown key with the nearest known one", () => {
    expect(problemsOf({ platform: ["region: fra", "regoin: fra\n    region: fra"] })).toEqual([
      'config/platform.yaml:8 clusters.platform.regoin: unknown key "regoin". Did you mean region?',
    ]);
  });

  it("refuses an unknown key that is like no other with all known ones, and does not print its value", () => {
    expect(problemsOf({ staging: ["apps: {openpanel: {}}", "apps: {openpanel: {zzz: hunter2}}"] })).toEqual([
      'config/environments/staging.yaml:2 apps.openpanel.zzz: unknown key "zzz". Known here: version, digests, gate, primary, replicas, features, environment, smtp.',
    ]);
  });

  it("refuses a wrong type", () => {
    expect(problemsOf({ staging: ["apps: {openpanel: {}}", "apps: {openpanel: {primary: maybe}}"] })).toEqual([
      'config/environments/staging.yaml:2 apps.openpanel.primary: primary is not valid (found "maybe"). Write true or false.',
    ]);
  });

  it("refuses a missing key at the line of what lacks it", () => {
    expect(problemsOf({ platform: ["    region: fra\n", ""] })).toEqual([
      "config/platform.yaml:7 clusters.platform.region: region is missing. Write a Vultr region id, such as fra.",
    ]);
  });

  it("refuses an empty value", () => {
    expect(problemsOf({ staging: ["apps: {openpanel: {}}", "apps:\n  openpanel:"] })).toEqual([
      "config/environments/staging.yaml:3 apps.openpanel: openpanel is empty. Write {} for nothing special, or a mapping of settings.",
    ]);
  });

  it("refuses a placement of no known type", () => {
    expect(problemsOf({ staging: ["type: shared", "type: rented"] })).toEqual([
      'config/environments/staging.yaml:1 placement.type: type is not valid (found "rented"). Write a mapping with "type: dedicated" or "type: shared".',
    ]);
  });

  it("refuses a mistake inside one form of a setting with the path into that form", () => {
    expect(problemsOf({ staging: ["apps:", "data: {redis: {storage: lots}}\napps:"] })).toEqual([
      'config/environments/staging.yaml:2 data.redis.storage: storage is not valid (found "lots"). Write an amount such as 2Gi.',
    ]);
  });

  it("refuses an environment file with the wrong ending, and a YAML file beside platform.yaml", () => {
    expect(problemsOf({ files: { "environments/prod.yml": PROD, "staging.yaml": "{}\n" } })).toEqual([
      "config/staging.yaml: this file is not read. Environments stand in `environments/`, all else in platform.yaml.",
      "config/environments/prod.yml: this file is not read. Rename it to prod.yaml.",
    ]);
  });

  it("reports every problem of every file in one run", () => {
    expect(
      problemsOf({
        platform: [
          ["contact: ops@acme.example\n", ""],
          ["region: fra", "region: fra\n    colour: red"],
        ],
        staging: ["cluster: platform", "cluster: platfrom"],
        files: { "environments/prod.yaml": PROD.replace("version: v1.36.1+1", "version: v1.36") },
      }),
    ).toEqual([
      "config/platform.yaml:1 contact: contact is missing. Write an e-mail address.",
      'config/platform.yaml:8 clusters.platform.colour: unknown key "colour". Known here: region, version, central, profile, network, cidr, highlyAvailable, firewall, protection, replicas, nodePools, components, gates, entryPoints.',
      'config/environments/prod.yaml:4 placement.version: version is not valid (found "v1.36"). Write an exact VKE version, such as v1.36.1+1.',
      'config/environments/staging.yaml:1 placement.cluster: environment staging is placed on a cluster that platform.yaml does not have (found "platfrom"). Did you mean platform?',
    ]);
  });

  it("says nothing about what a broken part would have held", () => {
    // The cluster can't be read, so whether it has the gate is unknown.
    expect(problemsOf({ platform: ["    region: fra\n", "    region: 7\n"] })).toEqual([
      "config/platform.yaml:8 clusters.platform.region: region is not valid (found 7). Write a Vultr region id, such as fra.",
    ]);
  });
});
