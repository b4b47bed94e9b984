import { FIRST_GENERATION } from "../../constructs/data/generations";
import { load, PROD, problemsOf } from "./config";

const environment = (name: string, text: string) => ({ files: { [`environments/${name}.yaml`]: text } });
const only = (name: string, text: string) =>
  load(environment(name, text)).environments.find((each) => each.name === name);

describe("environments", () => {
  it("take their type from their name, and everything else from the type", () => {
    expect(only("dev-team1", "{}")).toEqual({
      name: "dev-team1",
      type: "dev",
      baseType: "dev",
      cluster: "platform",
      dedicated: false,
      lifecycle: "active",
      protection: "delete",
      hosts: { style: "nested", zone: "acme.example", mode: "dns-only", entryPoint: "machine" },
      access: {},
      data: {
        postgresql: {
          ...{ instances: 1, storage: "5Gi", cpu: "250m", memory: "512Mi" },
          ...{ poolers: 0, generations: FIRST_GENERATION },
        },
        clickhouse: { storage: "10Gi", cpu: "500m", memory: "2Gi", generations: FIRST_GENERATION },
        redis: { storage: "1Gi", cpu: "100m", memory: "256Mi", engine: "valkey" },
      },
      backups: false,
      apps: {},
      services: {},
      delivery: { method: "dynamic" },
      document: { name: "dev-team1" },
    });
  });

  it("may be called stage instead of staging", () => {
    expect(only("stage-qa", "placement: {type: shared}")?.type).toBe("staging");
    expect(only("staging-qa", "type: stage\nplacement: {type: shared}")?.type).toBe("staging");
  });

  it("say what differs from their type field by field", () => {
    const data = only("dev-a", "data: {postgresql: {instances: 2, cpu: 1}, redis: false}")?.data;
    expect(data?.postgresql).toMatchObject({ instances: 2, storage: "5Gi", cpu: "1", memory: "512Mi" });
    expect(data?.redis).toBe(false);
  });

  it("choose the program behind Redis", () => {
    expect(only("dev-a", "data: {redis: {engine: redis}}")?.data.redis).toMatchObject({ engine: "redis" });
    expect(problemsOf(environment("dev-a", "data: {redis: {engine: keydb}}"))).toEqual([
      'config/environments/dev-a.yaml:1 data.redis.engine: engine is not valid (found "keydb"). Write valkey or redis.',
    ]);
  });

  it("carry their document with sorted keys, so that the order of writing changes nothing", () => {
    const one = only("dev-a", "owner: me\naccess: {b: owner, a: viewer}\n");
    expect(JSON.stringify(one?.document)).toBe(
      JSON.stringify({ access: { a: "viewer", b: "owner" }, name: "dev-a", owner: "me" }),
    );
    expect(only("dev-a", "access: {a: viewer, b: owner}\nname: dev-a\nowner: me\n")?.document).toEqual(one?.document);
  });

  it("of type sue expire 24 hours after their creation, if that is known", () => {
    expect(only("sue-poc", "createdAt: 2026-02-28T10:30:00Z")?.expiresAt).toBe("2026-03-01T10:30:00Z");
    expect(only("sue-poc", "{}")?.expiresAt).toBeUndefined();
    expect(only("sue-poc", "createdAt: 2026-01-01\nexpiresAt: 2026-02-01")?.expiresAt).toBe("2026-02-01T00:00:00Z");
    expect(only("dev-a", "createdAt: 2026-02-28T10:30:00Z")?.expiresAt).toBeUndefined();
  });

  it("may be long expired: nothing is compared with the present", () => {
    expect(only("sue-old", "createdAt: 2001-01-01\nexpiresAt: 2001-01-02")?.expiresAt).toBe("2001-01-02T00:00:00Z");
  });

  it("are delivered from Git where they say so", () => {
    const text = "delivery: {method: git, repository: https://git.example/prod}";
    expect(only("dev-a", text)?.delivery).toEqual({
      method: "git",
      repository: "https://git.example/prod",
      branch: "main",
    });
  });

  it("keep the services of their team as written", () => {
    const services = { api: "^1.2.0", web: { version: "v1.2.3", image: "registry.example/web:v1.2.3" } };
    expect(only("dev-a", `services: ${JSON.stringify(services)}`)?.services).toEqual(services);
  });

  it("can be loaded alone, without a look at the others", () => {
    const files = { "environments/broken.yaml": "{", "environments/prod.yaml": PROD };
    const alone = load({ files }, { only: "prod" });
    expect(alone.environments.map(({ name }) => name)).toEqual(["prod"]);
    expect(alone.environments[0]).toEqual(load({ files: { "environments/prod.yaml": PROD } }).environments[0]);
  });

  it("are refused by name when they are not there", () => {
    expect(problemsOf({}, { only: "stagging" })).toEqual([
      "config/environments: there is no environment stagging. Did you mean staging?",
    ]);
  });

  it("refuse a name that differs from the file's", () => {
    expect(problemsOf(environment("dev-a", "name: dev-b"))).toEqual([
      "config/environments/dev-a.yaml:1 name: environment dev-b stands in a file called dev-a. Name the file dev-b.yaml, or leave name out: an environment is found by its file.",
    ]);
  });

  it("refuse two with the same name", () => {
    expect(problemsOf(environment("staging2", "name: staging\nplacement: {type: shared}"))).toEqual([
      "config/environments/staging2.yaml:1 name: two environments are named staging: the other is in config/environments/staging.yaml. Rename one of them, and its file alike.",
    ]);
  });

  it("refuse two with the same slug", () => {
    expect(problemsOf({ files: { "environments/dev-a.b.yaml": "{}", "environments/dev-a-b.yaml": "{}" } })).toEqual([
      "config/environments/dev-a.b.yaml:1: environments dev-a-b and dev-a.b have one slug, dev-a-b: the other is in config/environments/dev-a-b.yaml. Rename one of them.",
    ]);
  });

  it("refuse a name that starts with no type", () => {
    expect(problemsOf(environment("team1", "{}"))).toEqual([
      'config/environments/team1.yaml:1: the name of environment team1 starts with no type (found "team1"). Write dev, prod, staging or sue. Names start with their type, such as dev-team1.',
    ]);
    expect(problemsOf(environment("porduction", "{}"))).toEqual([
      'config/environments/porduction.yaml:1: the name of environment porduction starts with no type (found "porduction"). Write dev, prod, staging or sue. Names start with their type, such as dev-porduction.',
    ]);
  });

  it("refuse a name that starts with another type than theirs", () => {
    expect(problemsOf(environment("dev-a", "type: sue"))).toEqual([
      "config/environments/dev-a.yaml:1 type: environment dev-a is of type sue, but its name does not start with it. Rename it, for example to sue-dev-a: names start with their type, so that <app>-<environment> can be read back.",
    ]);
  });

  it("refuse an unknown type", () => {
    expect(problemsOf(environment("dev-a", "type: devel"))).toEqual([
      'config/environments/dev-a.yaml:1 type: there is no environment type devel (found "devel"). Did you mean dev?',
    ]);
  });

  it("refuse a type as a word of a service's name, and a service called like an application", () => {
    expect(problemsOf(environment("dev-a", "services: {prod-sync: 1.0.0, openpanel: 1.0.0}"))).toEqual([
      'config/environments/dev-a.yaml:1 services.prod-sync: service prod-sync has the environment type "prod" in its name. Choose another name: only environments have "prod" in theirs, so that <app>-<environment> can be read back.',
      "config/environments/dev-a.yaml:1 services.openpanel: openpanel is an application of the catalogue. Write it under apps.",
    ]);
  });

  it("refuse days that do not exist, and an expiry before the creation", () => {
    expect(problemsOf(environment("sue-a", "createdAt: 2026-02-30T10:00:00Z"))).toEqual([
      'config/environments/sue-a.yaml:1 createdAt: createdAt is not valid (found "2026-02-30T10:00:00Z"). Write a day and time that exist.',
    ]);
    expect(problemsOf(environment("sue-a", "createdAt: tomorrow"))).toEqual([
      'config/environments/sue-a.yaml:1 createdAt: createdAt is not valid (found "tomorrow"). Write a date and time in UTC, such as 2026-12-01T09:00:00Z.',
    ]);
    expect(problemsOf(environment("sue-a", "createdAt: 2026-02-02\nexpiresAt: 2026-02-01"))).toEqual([
      'config/environments/sue-a.yaml:2 expiresAt: the environment expires before it is created (found "2026-02-01T00:00:00Z"). Write a moment after createdAt, 2026-02-02T00:00:00Z.',
    ]);
  });

  it("refuse hosts that are too deep for the edge certificate", () => {
    expect(problemsOf(environment("dev-a", "hosts: {mode: proxied}"))).toEqual([
      `config/environments/dev-a.yaml:1 hosts: <app>.<env>.acme.example is too deep for a proxied host (found {"style":"nested","mode":"proxied"}). Write style: flat, or mode: dns-only: Cloudflare's certificate covers names of the first level only.`,
    ]);
  });

  it("refuse DNS-only hosts where their entry point admits Cloudflare only", () => {
    const machine = "region: fra\n    entryPoints: {machine: {sources: cloudflare}}";
    expect(problemsOf({ platform: ["region: fra", machine], ...environment("dev-a", "{}") })).toEqual([
      'config/environments/dev-a.yaml:1 hosts.mode: dns-only hosts enter cluster platform at "machine", which admits Cloudflare only. Write mode: proxied, or other sources for that entry point.',
    ]);
  });
});
