import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { loadPlatform } from "../../schema/load";
import type { Platform } from "../../schema/model";

/** Generates valid configurations: types, placements, plans, pools and applications in any combination. */

const PLANS = ["vc2-4c-8gb", "vc2-6c-16gb", "vhp-4c-8gb-amd", "voc-g-2c-8gb-50s-amd"];
const REGIONS = ["fra", "ams", "ewr", "nrt"];
const GATES = { main: { groups: ["analytics"] } };
const VERSION = "v1.36.1+1";

const environment = fc.record({
  type: fc.constantFrom("dev", "staging", "prod", "sue"),
  suffix: fc.option(fc.constantFrom("eu", "us", "team1", "poc", "demo"), { nil: undefined }),
  region: fc.constantFrom(...REGIONS),
  dedicated: fc.boolean(),
  openpanel: fc.option(fc.record({ replicas: fc.integer({ min: 1, max: 4 }) }), { nil: undefined }),
  storage: fc.constantFrom(undefined, "50Gi", "120Gi"),
});
type GeneratedEnvironment = typeof environment extends fc.Arbitrary<infer T> ? T : never;

const nameOf = ({ type, suffix }: GeneratedEnvironment) => (suffix === undefined ? type : `${type}-${suffix}`);

/** A configuration, by file. */
export const configuration = fc
  .record({
    plan: fc.constantFrom("free", "pro", "business", "enterprise"),
    region: fc.constantFrom(...REGIONS),
    pool: fc.constantFrom(...PLANS),
    nodes: fc.integer({ min: 3, max: 6 }),
    secondCluster: fc.boolean(),
    primary: fc.boolean(),
    environments: fc.uniqueArray(environment, { minLength: 1, maxLength: 4, selector: nameOf }),
  })
  .map(({ environments, primary, ...platform }) => {
    const first = environments.find((candidate) => candidate.openpanel !== undefined);
    return {
      "platform.yaml": platformDocument(platform),
      ...Object.fromEntries(
        environments.map((generated, index) => [
          `environments/${nameOf(generated)}.yaml`,
          environmentDocument(generated, platform.secondCluster && index % 2 === 1, primary && generated === first),
        ]),
      ),
    };
  });

function platformDocument(platform: {
  plan: string;
  region: string;
  pool: string;
  nodes: number;
  secondCluster: boolean;
}) {
  const cluster = {
    region: platform.region,
    version: VERSION,
    gates: GATES,
    nodePools: {
      "general-public": { plan: platform.pool, quantity: platform.nodes, autoscaling: { max: platform.nodes + 2 } },
    },
  };
  return {
    organisation: "fuzz",
    contact: "ops@fuzz.example",
    domains: { public: "fuzz.example" },
    backups: { type: "vultr", storageCluster: 6, hostname: "ams1.vultrobjects.com", tier: 2 },
    zones: { "fuzz.example": { plan: platform.plan } },
    clusters: {
      platform: { ...cluster, central: true },
      ...(platform.secondCluster ? { second: { ...cluster, central: false } } : {}),
    },
  };
}

function environmentDocument(generated: GeneratedEnvironment, onSecond: boolean, primary: boolean) {
  const { dedicated, region, openpanel, storage } = generated;
  return {
    placement: dedicated
      ? { type: "dedicated", region, version: VERSION, gates: GATES }
      : { type: "shared", cluster: onSecond ? "second" : "platform" },
    ...(storage === undefined ? {} : { data: { clickhouse: { storage } } }),
    ...(openpanel === undefined
      ? {}
      : {
          apps: { openpanel: { primary, replicas: { api: { min: openpanel.replicas, max: openpanel.replicas + 1 } } } },
        }),
  };
}

/** Loads a generated configuration as a user's would be. */
export function loadGenerated(files: Readonly<Record<string, object>>): Platform {
  const dir = mkdtempSync(path.join(tmpdir(), "strata-fuzz-"));
  try {
    for (const [file, document] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
      writeFileSync(path.join(dir, file), stringify(document));
    }
    return loadPlatform(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
