import { vaultNames } from "../../../../constructs/core/names";
import { storageClassOf } from "../../../../constructs/data/storage-class";
import { asFailure } from "../../../../sandbox/clusters/embedded/api";
import { awaitAbandoned } from "../../../../sandbox/clusters/embedded/processes";
import { PROGRAM_NAMES, programs } from "../../../../sandbox/clusters/embedded/programs";
import { STORAGE_CLASSES } from "../../../../sandbox/clusters/embedded/storage-classes";
import { Failure } from "../../../../sandbox/run/failure";

const made = programs({ port: 24_513, at: (name) => `/clusters/one/${name}` });

describe("the servers of a cluster", () => {
  test.each(PROGRAM_NAMES)("%s says in its arguments whose it is, as the search for strays needs it", (name) => {
    expect(made[name].args.join(" ")).toContain("=/clusters/one/");
  });

  test.each(PROGRAM_NAMES)("%s serves on this machine only", (name) => {
    const { args } = made[name];
    const addresses = args.filter((each) => /^--(bind-address|listen-\w+-urls|secure-port)=/.test(each));
    for (const address of addresses) expect(address).toMatch(/=(127\.0\.0\.1|unix:\/\/etcd:\d|0|24513)$/);
    expect(args.join(" ")).not.toContain("0.0.0.0");
  });

  test.each(PROGRAM_NAMES)("%s gets nothing of the user's environment", (name) => {
    expect(Object.keys(made[name].env).sort()).toEqual(["GOGC", "GOMEMLIMIT"]);
  });

  test("know the audience with which the program logs in to Vault", () => {
    expect(made["kube-apiserver"].args).toEqual(
      expect.arrayContaining([
        `--api-audiences=${vaultNames.apiAudience}`,
        `--service-account-issuer=${vaultNames.apiAudience}`,
      ]),
    );
  });
});

describe("the storage classes", () => {
  test("are those that the program uses, one of them the default", () => {
    const names = STORAGE_CLASSES.map(({ metadata }) => metadata?.name);
    expect(names).toEqual(expect.arrayContaining([storageClassOf("retain"), storageClassOf("delete")]));
    const defaults = STORAGE_CLASSES.filter(({ metadata }) => metadata?.annotations !== undefined);
    expect(defaults.map(({ metadata }) => metadata?.name)).toEqual(["vultr-block-storage"]);
  });

  test("keep the volume where their name says so", () => {
    for (const { metadata, reclaimPolicy } of STORAGE_CLASSES) {
      expect(reclaimPolicy).toBe(metadata?.name?.endsWith("-retain") ? "Retain" : "Delete");
    }
  });
});

describe("an error on the way to an API server", () => {
  test("that is not there is told in words", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:24513"), { code: "ECONNREFUSED" });
    expect(asFailure(refused, "platform")).toEqual(
      new Failure(`The API server of cluster platform does not answer: connect ECONNREFUSED 127.0.0.1:24513.
Run the sandbox again: it starts what does not run.`),
    );
  });

  test("that is a mistake of ours stays one", () => {
    const mistake = new TypeError("undefined is not a function");
    expect(asFailure(mistake, "platform")).toBe(mistake);
  });
});

test("a folder in which nothing works is free at once", async () => {
  await awaitAbandoned("/nowhere/at-all");
});
