import { isJsonObject, type JsonObject } from "../../constructs/core/json";
import { LayerStack } from "../../constructs/core/layer-stack";
import { declarations, type SecretDeclaration } from "../../constructs/core/secrets";
import type { Environment, Platform } from "../../schema/model";
import { loadExample, type Synthesized, synthesize } from "../helpers/examples";
import { at, releasesOf } from "../helpers/releases";

const PLATFORM = loadExample("acme");
const acme = synthesize(PLATFORM);

const stackOf = (program: Synthesized, id: string): JsonObject => {
  const stack = program.stacks.find((candidate) => candidate.id === id);
  if (stack === undefined) throw new Error(`there is no stack ${id}`);
  return stack.json;
};
const idsOf = ({ stacks }: Synthesized) => stacks.map(({ id }) => id).filter((id) => id.startsWith("l1-backups-"));
const declared = (program: Synthesized, path: string) =>
  declarations(program.context.app).secrets.find((secret) => secret.path === path);
const readers = (secret: SecretDeclaration | undefined) =>
  secret?.readers.map(({ cluster, namespace, serviceAccount }) => `${cluster}/${namespace}/${serviceAccount}`);

/** Ids of the stacks that a stack comes after. */
const dependenciesOf = ({ context }: Synthesized, id: string) => {
  const stack: unknown = context.app.node.findChild(id);
  if (!(stack instanceof LayerStack)) throw new Error(`${id} is no stack`);
  return stack.dependencies.map((dependency) => dependency.node.id);
};

/** Objects of one kind in a namespace. */
const found = (program: Synthesized, namespace: string, kind: string) =>
  releasesOf(program.stacks)
    .filter((release) => release.namespace === namespace)
    .flatMap((release) => release.objects)
    .filter((object) => object.kind === kind);

describe("each environment with backups, and the central cluster", () => {
  test("have a store of their own with one bucket, whose host is checked", () => {
    expect(idsOf(acme)).toEqual(["l1-backups-platform", "l1-backups-prod", "l1-backups-staging"]);
    const resources = stackOf(acme, "l1-backups-staging").resource;
    expect(Object.values(at(resources, "vultr_object_storage") as JsonObject)).toMatchObject([
      {
        cluster_id: 6,
        tier_id: 2,
        label: "acme-staging-backups",
        lifecycle: {
          ignore_changes: ["tier_id"],
          postcondition: [
            {
              condition: '${(self.s3_hostname == "ams1.vultrobjects.com")}',
              error_message: expect.stringContaining("has another host than ams1.vultrobjects.com"),
            },
          ],
          prevent_destroy: true,
        },
      },
    ]);
    const [bucket] = Object.values(at(resources, "vultr_object_storage_bucket") as JsonObject);
    expect(bucket).toMatchObject({ name: "acme-staging-backups", lifecycle: { prevent_destroy: true } });
  });

  test("publish their keys as sensitive, and their host", () => {
    expect(stackOf(acme, "l1-backups-staging").output).toMatchObject({
      access_key: { sensitive: true },
      secret_key: { sensitive: true },
      s3_hostname: { value: expect.any(String) },
    });
  });

  test("keep their keys in that one state: nobody reads its outputs", () => {
    for (const { id, json } of acme.stacks) {
      const read = isJsonObject(json.data) ? Object.keys(at(json.data, "terraform_remote_state") ?? {}) : [];
      expect({ id, read: read.filter((other) => other.startsWith("l1-backups-")) }).toEqual({ id, read: [] });
    }
  });

  test("have their keys copied to a path that only their own stores read", () => {
    const staging = declared(acme, "staging/backups");
    expect(staging?.keys).toEqual({
      access_key: { kind: "output", stack: "l1-backups-staging", output: "access_key" },
      secret_key: { kind: "output", stack: "l1-backups-staging", output: "secret_key" },
      clickhouse_password: { kind: "generated", rule: { alphabet: "url-safe", length: 40 } },
    });
    expect(readers(staging)).toEqual(["platform/data-staging/secret-reader"]);
    expect(readers(declared(acme, "prod/backups"))).toEqual(["prod/data-prod/secret-reader"]);
    const central = declared(acme, "clusters/platform/backups");
    expect(Object.keys(central?.keys ?? {})).toEqual(["access_key", "secret_key"]);
    expect(readers(central)).toEqual(["platform/vault/secret-reader", "platform/casdoor/secret-reader"]);
  });

  test("have them delivered where they are used", () => {
    const [secret] = found(acme, "data-staging", "ExternalSecret").filter(({ name }) => name === "backups");
    expect(at(secret?.json, "spec", "target", "template", "data")).toEqual({
      access_key: "{{ .access_key }}",
      secret_key: "{{ .secret_key }}",
      clickhouse_password: "{{ .clickhouse_password }}",
      clickhouse_password_sha256_hex: "{{ .clickhouse_password | sha256sum }}",
    });
    for (const namespace of ["vault", "casdoor"]) {
      expect(found(acme, namespace, "ExternalSecret").map(({ name }) => name)).toContain("backups");
    }
  });

  test("write into the bucket of their own", () => {
    const targets = found(acme, "data-prod", "ObjectStore").map(({ json }) => at(json, "spec", "configuration"));
    expect(targets).not.toEqual([]);
    for (const target of targets) {
      expect(target).toMatchObject({
        endpointURL: "https://ams1.vultrobjects.com",
        destinationPath: expect.stringContaining("acme-prod-backups"),
      });
    }
    const users = releasesOf(acme.stacks).filter((release) => JSON.stringify(release).includes("acme-prod-backups"));
    expect(new Set(users.map(({ namespace }) => namespace))).toEqual(new Set(["data-prod"]));
  });

  test("come before the stores that write into them", () => {
    expect(dependenciesOf(acme, "l3-data-staging")).toContain("l1-backups-staging");
    expect(dependenciesOf(acme, "l2-base-platform")).toContain("l1-backups-platform");
    expect(dependenciesOf(acme, "l2-base-prod").filter((id) => id.startsWith("l1-backups-"))).toEqual([]);
  });

  test("cost what the cheapest tier costs", () => {
    const items = acme.context.costs.filter(({ what }) => what === "object storage for backups");
    expect(items.map(({ stack, monthly }) => [stack, monthly])).toEqual([
      ["l1-backups-platform", 18],
      ["l1-backups-prod", 18],
      ["l1-backups-staging", 18],
    ]);
  });

  test("let their store go with an environment that is being deleted, and with no other", () => {
    const environments = PLATFORM.environments.map((environment) =>
      environment.name === "staging" ? { ...environment, lifecycle: "deleting" as const } : environment,
    );
    const { files } = synthesize({ ...PLATFORM, environments });
    expect(files["l1-backups-staging"]).not.toContain("prevent_destroy");
    expect(files["l1-backups-prod"]).toBe(acme.files["l1-backups-prod"]);
    expect(files["l1-backups-platform"]).toBe(acme.files["l1-backups-platform"]);
  });
});

describe("an environment without backups", () => {
  const without = synthesize(
    changed((environment) => (environment.name === "staging" ? { ...environment, backups: false } : environment)),
  );

  test("has no store, no keys and nothing that writes", () => {
    expect(idsOf(without)).toEqual(["l1-backups-platform", "l1-backups-prod"]);
    expect(declared(without, "staging/backups")).toBeUndefined();
    expect(found(without, "data-staging", "ExternalSecret").map(({ name }) => name)).not.toContain("backups");
    expect(found(without, "data-staging", "ObjectStore")).toEqual([]);
    expect(found(without, "data-staging", "ScheduledBackup")).toEqual([]);
    expect(found(without, "data-staging", "CronJob")).toEqual([]);
  });

  test("changes no byte of any other stack", () => {
    const same = Object.keys(without.files).filter((id) => !id.endsWith("-staging"));
    for (const id of same) expect(without.files[id]).toBe(acme.files[id]);
  });
});

describe("another S3-compatible store", () => {
  const other = synthesize({
    ...PLATFORM,
    backups: { type: "s3", endpoint: "https://s3.example", region: "eu-1", bucketPrefix: "shared" },
  });

  test("has no stack, and its keys are supplied", () => {
    expect(idsOf(other)).toEqual([]);
    for (const path of ["staging/backups", "prod/backups", "clusters/platform/backups"]) {
      expect(declared(other, path)?.keys).toMatchObject({
        access_key: { kind: "supplied" },
        secret_key: { kind: "supplied" },
      });
    }
  });

  test("is written into under its own names", () => {
    expect(found(other, "data-staging", "ObjectStore").map(({ json }) => at(json, "spec", "configuration"))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          endpointURL: "https://s3.example",
          destinationPath: expect.stringContaining("shared-staging-backups"),
        }),
      ]),
    );
  });
});

test("a platform without a store for backups has nothing of them", () => {
  const minimal = synthesize(loadExample("minimal"));
  expect(idsOf(minimal)).toEqual([]);
  expect(declarations(minimal.context.app).secrets.filter(({ path }) => path.endsWith("/backups"))).toEqual([]);
  expect(releasesOf(minimal.stacks).filter(({ chart }) => chart === "plugin-barman-cloud")).toEqual([]);
});

describe("a store in two generations", () => {
  const settings = { serving: 1, all: { 1: {}, 2: { recover: { from: 1, to: "2026-11-20T10:00:00Z" } } } };
  const two = synthesize(
    changed((environment) => {
      const { postgresql, clickhouse } = environment.data;
      if (environment.name !== "staging" || postgresql === false || clickhouse === false) return environment;
      const data = {
        ...environment.data,
        postgresql: { ...postgresql, generations: settings },
        clickhouse: { ...clickhouse, generations: settings },
      };
      return { ...environment, data };
    }),
  );

  test("stands in the environment's data stack twice, and nothing else changes", () => {
    const differing = Object.keys(two.files).filter((id) => two.files[id] !== acme.files[id]);
    expect(differing).toEqual(["l3-data-staging"]);
    expect(found(two, "data-staging", "Cluster").map(({ name }) => name)).toEqual(["postgresql", "postgresql-2"]);
    expect(found(two, "data-staging", "ClickHouseInstallation")).toHaveLength(2);
  });
});

/** The example with its environments changed. */
function changed(change: (environment: Environment) => Environment): Platform {
  return { ...PLATFORM, environments: PLATFORM.environments.map(change) };
}
