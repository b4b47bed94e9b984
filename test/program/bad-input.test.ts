import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { IngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import type { App } from "cdktf";
import { type Route, RouteTable, type RouteTableProps } from "../../constructs/access/route-table";
import * as catalogue from "../../constructs/components";
import { portalGates } from "../../constructs/components/oauth2-proxy";
import { StrataError } from "../../constructs/core/errors";
import { LayerStack } from "../../constructs/core/layer-stack";
import { claimOwnership } from "../../constructs/core/ownership";
import { declareSecret } from "../../constructs/core/secrets";
import { renderProgram } from "../../constructs/core/synth";
import { ClusterTarget } from "../../constructs/kubernetes/cluster-target";
import { ManifestSet } from "../../constructs/kubernetes/manifest-set";
import { TenantNamespace } from "../../constructs/kubernetes/tenant-namespace";
import { loadPlatform } from "../../schema/load";
import { COMPONENT_NEEDS } from "../../schema/resolve/carried";
import { identityProvider } from "../../stacks/identity";
import { buildProgram } from "../../stacks/program";
import { loadExample } from "../helpers/examples";
import { type Changes, misconfigured, refusalOf, removeMistakes } from "../helpers/mistakes";
import { testApp } from "../helpers/program";

jest.setTimeout(120_000);
afterAll(removeMistakes);

const PLATFORM = "platform.yaml";
const STAGING = "environments/staging.yaml";
const PROD = "environments/prod.yaml";
const CLUSTER = "clusters/platform";
const POOL = `${CLUSTER}/nodePools/general-public`;
const ZONE = "zones/acme.example";

const SHARED = "placement: {type: shared}\n";
const LIMIT = {
  ref: "login",
  description: "Slow down guessing",
  expression: 'http.request.uri.path eq "/login"',
  requests: 20,
  period: 60,
  mitigationTimeout: 60,
  action: "block",
};
const rules = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ref: `rule-${index}`,
    description: "One of many",
    expression: `(http.request.uri.path eq "/${index}")`,
    action: "block",
  }));
const taint = (value: string, effect: string) => ({
  key: "team",
  value,
  effect,
});

/** A mistake, what makes it, where it is reported, and in which words. */
type Row = readonly [mistake: string, changes: Changes, where: string, words: string];

const FILES: readonly Row[] = [
  [
    "a missing platform.yaml",
    { [PLATFORM]: null },
    "platform.yaml",
    "there is no such file. Run `npx strata init`, or write it.",
  ],
  [
    "an empty platform.yaml",
    { [PLATFORM]: "# later\n" },
    "platform.yaml",
    "the file is empty. Write its settings: schema/README.md lists them, examples/minimal shows the fewest.",
  ],
  [
    "an empty environment",
    { [STAGING]: "" },
    STAGING,
    "the file is empty. Write its settings, {} to take all from its profile, or delete it.",
  ],
  [
    "a file that nothing reads",
    { "environments/dev.yml": SHARED },
    "environments/dev.yml",
    "this file is not read. Rename it to dev.yaml.",
  ],
  [
    "a bracket that is never closed",
    { [STAGING]: "owner: [platform\nplacement: {type: shared}\n" },
    `${STAGING}:2`,
    "not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Mend the syntax; indentation is by spaces, and every key stands once.",
  ],
  [
    "a tab",
    { [STAGING]: "placement:\n\ttype: shared\n" },
    `${STAGING}:2`,
    "not valid YAML: Tabs are not allowed as indentation. Mend the syntax; indentation is by spaces, and every key stands once.",
  ],
  [
    "a key that stands twice",
    { [STAGING]: `${SHARED}owner: a\nowner: b\n` },
    `${STAGING}:3`,
    "not valid YAML: Map keys must be unique. Mend the syntax; indentation is by spaces, and every key stands once.",
  ],
];

const SHAPES: readonly Row[] = [
  [
    "an unknown key",
    { [PLATFORM]: { [`${POOL}/autoscaling/maximum`]: 3 } },
    "platform.yaml:40 clusters.platform.nodePools.general-public.autoscaling.maximum",
    'unknown key "maximum". Known here: min, max.',
  ],
  [
    "a misspelt key",
    { [PROD]: { "apps/openpanell": {} } },
    "environments/prod.yaml:46 apps.openpanell",
    'unknown key "openpanell". Did you mean openpanel?',
  ],
  [
    "a number for a text",
    { [PLATFORM]: { contact: 5 } },
    "platform.yaml:8 contact",
    "contact is not valid (found 5). Write an e-mail address.",
  ],
  [
    "a text for true or false",
    { [PLATFORM]: { [`${CLUSTER}/central`]: "yes" } },
    "platform.yaml:33 clusters.platform.central",
    'central is not valid (found "yes"). Write true or false.',
  ],
  [
    "a text for a list",
    { [PLATFORM]: { [`${CLUSTER}/gates/main/groups`]: "analytics" } },
    "platform.yaml:44 clusters.platform.gates.main.groups",
    'groups is not valid (found "analytics"). Write a list with at least one group.',
  ],
  [
    "a text for settings",
    { [PROD]: { placement: "dedicated" } },
    "environments/prod.yaml:6 placement",
    'placement is not valid (found "dedicated"). Write a mapping with "type: dedicated" or "type: shared".',
  ],
  [
    "a list for settings that others refer to",
    { [PLATFORM]: { clusters: [{ name: "platform" }] } },
    "platform.yaml:30 clusters",
    'clusters is not valid (found [{"name":"platform"}]). Write a mapping of cluster name to cluster.',
  ],
  [
    "nothing for settings",
    { [STAGING]: { "apps/openpanel": null } },
    "environments/staging.yaml:19 apps.openpanel",
    "openpanel is empty. Write {} for nothing special, or a mapping of settings.",
  ],
];

const ENVIRONMENTS: readonly Row[] = [
  [
    "an environment on an unknown cluster",
    { [STAGING]: { "placement/cluster": "platfrom" } },
    "environments/staging.yaml:8 placement.cluster",
    'environment staging is placed on a cluster that platform.yaml does not have (found "platfrom"). Did you mean platform?',
  ],
  [
    "two environments with the same name",
    { "environments/staging-eu.yaml": `name: staging\n${SHARED}` },
    "environments/staging-eu.yaml:1 name",
    "two environments are named staging: the other is in environments/staging.yaml. Rename one of them, and its file alike.",
  ],
  [
    "two environments with the same slug",
    {
      "environments/dev-a.b.yaml": SHARED,
      "environments/dev-a-b.yaml": SHARED,
    },
    "environments/dev-a.b.yaml:1",
    "environments dev-a-b and dev-a.b have one slug, dev-a-b: the other is in environments/dev-a-b.yaml. Rename one of them.",
  ],
  [
    "an environment of no type",
    { "environments/qa.yaml": SHARED },
    "environments/qa.yaml:1",
    'the name of environment qa starts with no type (found "qa"). Write dev, prod, staging or sue. Names start with their type, such as dev-qa.',
  ],
  [
    "a cluster with the name of an environment that has its own",
    {
      [PLATFORM]: {
        "clusters/prod": {
          region: "fra",
          version: "v1.36.1+1",
          central: false,
        },
      },
    },
    "platform.yaml:56 clusters.prod",
    'cluster prod has the environment type "prod" in its name. Choose another name: only environments have "prod" in theirs, so that <app>-<environment> can be read back.',
  ],
  [
    "an application without its database",
    { [PROD]: { "data/postgresql": false } },
    "environments/prod.yaml:28 data.postgresql",
    'openpanel in environment prod needs postgresql (found false). Leave "postgresql: false" out.',
  ],
  [
    "a gated route whose gate has another name",
    { [PROD]: { "apps/openpanel/gate": "mian" } },
    "environments/prod.yaml:46 apps.openpanel.gate",
    'openpanel in environment prod is behind gate mian, which cluster prod does not have. Did you mean main? Else add "gates: {mian: {groups: [...]}}" to its placement.',
  ],
  [
    "a gated route on a cluster without gates",
    { [PLATFORM]: { [`${CLUSTER}/gates?`]: null, [`${CLUSTER}/components/headlamp`]: false } },
    "environments/staging.yaml:19 apps.openpanel.gate",
    'openpanel in environment staging is behind gate main, which cluster platform does not have. Add "gates: {main: {groups: [...]}}" to clusters.platform in platform.yaml.',
  ],
];

const BACKUPS: readonly Row[] = [
  [
    "retained environments without a store for their backups",
    { [PLATFORM]: { "backups?": null } },
    "platform.yaml:6 backups",
    'there is no store for the backups of prod and staging. Add backups with a store, or write "backups: false" in each of them to keep none.',
  ],
  [
    "a profile that leaves the backups of retained data out",
    { [PLATFORM]: { "profiles/staging/environment/backups": false } },
    "environments/staging.yaml:6 backups",
    'environment staging retains its data, but profile staging leaves its backups out. Write "backups: false" in the environment too, or settings such as "backups: {retentionDays: 14}".',
  ],
  [
    "a schedule that is none",
    { [PROD]: { "backups/schedule": "nightly" } },
    "environments/prod.yaml:47 backups.schedule",
    'schedule is not valid (found "nightly"). Write five fields of cron in UTC, such as "30 1 * * *".',
  ],
  [
    "backups that are kept for no day",
    { [STAGING]: { "backups/retentionDays": 0 } },
    "environments/staging.yaml:21 backups.retentionDays",
    "retentionDays is not valid (found 0). Write a number of days from 1 to 3650.",
  ],
  [
    "a store that nobody listed as serving",
    { [PROD]: { "data/postgresql": { serving: 2, generations: { 1: {} } } } },
    "environments/prod.yaml:29 data.postgresql.serving",
    "postgresql is served by generation 2, which is not listed. Write 1, or list generation 2 under generations.",
  ],
  [
    "a store that is recovered from itself",
    {
      [STAGING]: {
        "data/clickhouse": { generations: { 1: {}, 2: { from: 2 } } },
      },
    },
    "environments/staging.yaml:25 data.clickhouse.generations.2.from",
    "generation 2 of clickhouse starts from itself (found 2). Write an earlier generation: 1. It may be gone already.",
  ],
  [
    "a store that is recovered to a moment that is none",
    {
      [PROD]: {
        "data/clickhouse/generations": { 1: {}, 2: { from: 1, to: "noon" } },
      },
    },
    "environments/prod.yaml:32 data.clickhouse.generations.2.to",
    'to is not valid (found "noon"). Write a date and time in UTC, such as 2026-12-01T09:00:00Z.',
  ],
  [
    "a store that is recovered without backups",
    {
      [STAGING]: {
        backups: false,
        "data/postgresql": { generations: { 1: {}, 2: { from: 1 } } },
      },
    },
    "environments/staging.yaml:26 data.postgresql.generations.2.from",
    "generation 2 of postgresql starts from a backup, but environment staging has none (found 1). Switch backups on, or leave from and to out to begin empty.",
  ],
  [
    "a Vultr store without the host of its storage cluster",
    { [PLATFORM]: { "backups/hostname?": null } },
    "platform.yaml:65 backups.hostname",
    "hostname is missing. Write the storage cluster's host, such as ams1.vultrobjects.com.",
  ],
];

const HOSTS: readonly Row[] = [
  [
    "two owners of one host",
    { [STAGING]: { "apps/openpanel": { primary: true } } },
    "environments/staging.yaml:20 apps.openpanel.primary",
    "openpanel.acme.example is taken by openpanel in environment prod (found true). Keep primary: true in one of them.",
  ],
  [
    "hosts outside the zones",
    { [PLATFORM]: { "domains/public": "acme.org" } },
    "platform.yaml:12 domains.public",
    'the public domain is not among the zones (found "acme.org"). Write acme.example. Else add it to zones with its plan.',
  ],
  [
    "hosts in a part of a zone",
    { [PLATFORM]: { "domains/internal": "corp.acme.example" } },
    "platform.yaml:13 domains.internal",
    'the internal domain is not among the zones (found "corp.acme.example"). Did you mean acme.example? Else add it to zones with its plan.',
  ],
  [
    "a proxied host deeper than the certificate covers",
    { [STAGING]: { hosts: { style: "nested" } } },
    "environments/staging.yaml:20 hosts",
    '<app>.<env>.acme.example is too deep for a proxied host (found {"style":"nested","mode":"proxied"}). Write style: flat, or mode: dns-only: Cloudflare\'s certificate covers names of the first level only.',
  ],
  [
    "more rate limits than the zone's plan allows",
    {
      [PLATFORM]: { [`${ZONE}/rateLimits`]: [LIMIT, { ...LIMIT, ref: "api" }] },
    },
    "platform.yaml:24 zones.acme.example.rateLimits",
    "the zone has too many rate limit rules (found 3). Plan pro allows 2, the built-in ones included: merge rules, or take a larger plan.",
  ],
  [
    "a rate limit over a longer period than the zone's plan allows",
    { [PLATFORM]: { [`${ZONE}/rateLimits`]: [{ ...LIMIT, period: 3600 }] } },
    "platform.yaml:25 zones.acme.example.rateLimits.0",
    "rate limit login has a period that plan pro does not allow (found 3600). Use 10, 15, 20, 30, 40, 45, 60 seconds.",
  ],
  [
    "more rules than the zone's plan allows",
    {
      [PLATFORM]: {
        [`${ZONE}/plan`]: "free",
        [`${ZONE}/customRules`]: rules(4),
      },
    },
    "platform.yaml:19 zones.acme.example.customRules",
    "the zone has too many WAF custom rules (found 7). Plan free allows 5, the built-in ones included: merge rules, or take a larger plan.",
  ],
];

const CLUSTERS: readonly Row[] = [
  [
    "prod without a highly available control plane",
    { [PROD]: { "placement/highlyAvailable": false } },
    "environments/prod.yaml:17 placement.highlyAvailable",
    "cluster prod has highlyAvailable: false, but carries prod. Set highlyAvailable: true, which staging and prod must have; it can't be changed once the cluster exists.",
  ],
  [
    "prod without a firewall",
    { [PROD]: { "placement/firewall": false } },
    "environments/prod.yaml:17 placement.firewall",
    "cluster prod has firewall: false, but carries prod. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.",
  ],
  [
    "a shared cluster without a firewall, however many environments it carries",
    {
      [PLATFORM]: { [`${CLUSTER}/firewall`]: false },
      "environments/staging-b.yaml": SHARED,
    },
    "platform.yaml:56 clusters.platform.firewall",
    "cluster platform has firewall: false, but carries staging and staging-b. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.",
  ],
  [
    "a pool of no nodes",
    { [PLATFORM]: { [`${POOL}/quantity`]: 0 } },
    "platform.yaml:41 clusters.platform.nodePools.general-public.quantity",
    "quantity is not valid (found 0). Write a number of nodes from 1 to 100.",
  ],
  [
    "a pool with min above max",
    { [PLATFORM]: { [`${POOL}/autoscaling`]: { min: 5, max: 4 } } },
    "platform.yaml:40 clusters.platform.nodePools.general-public.autoscaling",
    'pool general-public has more nodes at least than at most (found {"min":5,"max":4}). Write a min of at most 4, or a max of at least 5.',
  ],
  [
    "a min above the max of the profile",
    { [PLATFORM]: { [`${POOL}/autoscaling`]: { min: 6 } } },
    "platform.yaml:40 clusters.platform.nodePools.general-public.autoscaling",
    'pool general-public has more nodes at least than at most (found {"min":6,"max":5}). Write a min of at most 5, or a max of at least 6.',
  ],
  [
    "two taints with one key in a pool",
    {
      [PLATFORM]: {
        [`${CLUSTER}/nodePools/general-restricted`]: {
          taints: [taint("a", "NoSchedule"), taint("b", "NoExecute")],
        },
      },
    },
    "platform.yaml:42 clusters.platform.nodePools.general-restricted.taints",
    "pool general-restricted has two taints with the key team. Keep one taint for each key: Vultr never settles on two.",
  ],
  [
    "an unknown plan",
    { [PLATFORM]: { [`${POOL}/plan`]: "vc2-4c-9gb" } },
    "platform.yaml:41 clusters.platform.nodePools.general-public.plan",
    'unknown Vultr plan (found "vc2-4c-9gb"). Did you mean vc2-4c-8gb, vc2-1c-1gb or vc2-1c-2gb? Else declare it under plans with vcpus, ramGb and monthlyUsd.',
  ],
  [
    "an unknown region",
    { [PROD]: { "placement/region": "frx" } },
    "environments/prod.yaml:8 placement.region",
    'unknown Vultr region (found "frx"). Did you mean fra, lax, mex?',
  ],
  [
    "a floating cluster version",
    { [PROD]: { "placement/version": "v1.36" } },
    "environments/prod.yaml:9 placement.version",
    'version is not valid (found "v1.36"). Write an exact VKE version, such as v1.36.1+1.',
  ],
];

const ROUTED: readonly Row[] = [
  [
    "a gate without groups",
    { [PLATFORM]: { [`${CLUSTER}/gates/main/groups`]: [] } },
    "platform.yaml:44 clusters.platform.gates.main.groups",
    "groups is not valid (found []). Write a list with at least one group.",
  ],
  [
    "a gate of an environment's own cluster without groups",
    { [PROD]: { "placement/gates/other": { groups: [] } } },
    "environments/prod.yaml:18 placement.gates.other.groups",
    "groups is not valid (found []). Write a list with at least one group.",
  ],
  [
    "gates that no identity provider serves",
    { [PLATFORM]: { [`${CLUSTER}/components/casdoor`]: false, [`${CLUSTER}/components/grafana`]: false } },
    "platform.yaml:53 clusters.platform.components.casdoor",
    'the central cluster platform needs casdoor (found false). Leave "casdoor: false" out.',
  ],
  [
    "routes of the central cluster without a gateway",
    { [PLATFORM]: { [`${CLUSTER}/components/traefik`]: false } },
    "platform.yaml:56 clusters.platform.components.traefik",
    'cluster platform leaves out traefik, which vault, casdoor, oauth2-proxy, headlamp, grafana and environment staging need (found false). Leave "traefik: false" out.',
  ],
  [
    "routes of an environment's own cluster without certificates",
    { [PROD]: { "placement/components/cert-manager": false } },
    "environments/prod.yaml:18 placement.components.cert-manager",
    'cluster prod leaves out cert-manager, which metrics-server, barman-cloud, oauth2-proxy and environment prod need (found false). Leave "cert-manager: false" out.',
  ],
  [
    "routes of an environment's own cluster without a gateway",
    { [PROD]: { "placement/components/traefik": false } },
    "environments/prod.yaml:18 placement.components.traefik",
    'cluster prod leaves out traefik, which oauth2-proxy and environment prod need (found false). Leave "traefik: false" out.',
  ],
  [
    "a variable that lets everybody in as one user",
    { [PROD]: { "apps/openpanel/environment/DEMO_USER_ID": "somebody" } },
    "environments/prod.yaml:46 apps.openpanel.environment.DEMO_USER_ID",
    "variable DEMO_USER_ID is forbidden: it gives every anonymous visitor a session. Remove it.",
  ],
  [
    "a variable that stops all work",
    { [STAGING]: { "apps/openpanel/environment": { DISABLE_WORKERS: "1" } } },
    "environments/staging.yaml:19 apps.openpanel.environment.DISABLE_WORKERS",
    'variable DISABLE_WORKERS is forbidden: any value stops the workers, "false" too. Remove it.',
  ],
  [
    "a version of the application that floats",
    { [STAGING]: { "apps/openpanel/version": "2" } },
    "environments/staging.yaml:19 apps.openpanel.version",
    'version is not valid (found "2"). Write an exact version, such as "2.3.0".',
  ],
  [
    "a chart of a gate that floats",
    { [PLATFORM]: { [`${CLUSTER}/components/oauth2-proxy/version`]: "10.x" } },
    "platform.yaml:57 clusters.platform.components.oauth2-proxy.version",
    'version is not valid (found "10.x"). Write an exact version, such as "1.20.3".',
  ],
  [
    "an image of a gate that floats",
    {
      [PROD]: { "placement/components/oauth2-proxy/values/image/tag": "latest" },
    },
    "l2-services-prod/gate-main/chart",
    'chart value image.tag is a floating image (found "latest"). Pin a version tag or a digest.',
  ],
];

const SOFTWARE: readonly Row[] = [
  [
    "a floating application version",
    { [PROD]: { "apps/openpanel/version": "latest" } },
    "environments/prod.yaml:32 apps.openpanel.version",
    'version is not valid (found "latest"). Write an exact version, such as "2.3.0".',
  ],
  [
    "a floating chart version",
    { [PLATFORM]: { [`${CLUSTER}/components/traefik/version`]: "^41.0.0" } },
    "platform.yaml:57 clusters.platform.components.traefik.version",
    'version is not valid (found "^41.0.0"). Write an exact version, such as "1.20.3".',
  ],
  [
    "a floating image among the values of a chart",
    {
      [PLATFORM]: {
        [`${CLUSTER}/components/traefik/values/image/tag`]: "latest",
      },
    },
    "l2-base-platform/traefik/chart",
    'chart value image.tag is a floating image (found "latest"). Pin a version tag or a digest.',
  ],
  [
    "a value path that the chart does not know",
    { [PROD]: { "placement/components/traefik/values/deploymnt/replicas": 2 } },
    "l2-base-prod/traefik/chart",
    "chart traefik 41.3.0 has no value deploymnt.replicas. Use one of deployment.replicas, deployment.dnsPolicy, deployment.enabled, or run tools/generate-value-paths.mjs if the chart changed.",
  ],
  [
    "a central cluster without what its components and environments need",
    { [PLATFORM]: { [`${CLUSTER}/components/cert-manager`]: false } },
    "platform.yaml:56 clusters.platform.components.cert-manager",
    'cluster platform leaves out cert-manager, which metrics-server, barman-cloud, vault, casdoor, oauth2-proxy, headlamp, grafana and environment staging need (found false). Leave "cert-manager: false" out.',
  ],
  [
    "a central cluster without what backups of PostgreSQL need",
    { [PLATFORM]: { [`${CLUSTER}/components/barman-cloud`]: false } },
    "platform.yaml:56 clusters.platform.components.barman-cloud",
    'cluster platform leaves out barman-cloud, which casdoor and environment staging need (found false). Leave "barman-cloud: false" out.',
  ],
  [
    "an environment's own cluster without what it needs",
    { [PROD]: { "placement/components/clickhouse-operator": false } },
    "environments/prod.yaml:18 placement.components.clickhouse-operator",
    'cluster prod leaves out clickhouse-operator, which environment prod needs (found false). Leave "clickhouse-operator: false" out.',
  ],
  [
    "a profile that leaves out what its cluster needs",
    { [PLATFORM]: { "profiles/prod/cluster/components/traefik": false } },
    "environments/prod.yaml:6 placement.components.traefik",
    'cluster prod leaves out traefik, which oauth2-proxy and environment prod need (found false). The profile leaves it out: write "traefik: {}" here.',
  ],
  [
    "a central cluster without Vault",
    { [PLATFORM]: { "profiles/platform/cluster/components/vault": false } },
    "platform.yaml:47 clusters.platform.components.vault",
    'the central cluster platform needs vault (found false). The profile leaves it out: write "vault: {}" here.',
  ],
  [
    "gates without their component",
    { [PROD]: { "placement/components/oauth2-proxy": false } },
    "environments/prod.yaml:18 placement.components.oauth2-proxy",
    'the gates of cluster prod need oauth2-proxy (found false). Leave "oauth2-proxy: false" out, or leave the gates out.',
  ],
];

describe.each([
  ["files", FILES],
  ["the shape of documents", SHAPES],
  ["environments", ENVIRONMENTS],
  ["backups and generations", BACKUPS],
  ["hosts and zones", HOSTS],
  ["clusters", CLUSTERS],
  ["routes and gates", ROUTED],
  ["software", SOFTWARE],
])("among %s, one message and nothing else answers", (_, rows) => {
  test.each(rows)("%s", (_mistake, changes, where, words) => {
    expect(refusalOf(misconfigured(changes))).toBe(`1 problem:\n  ${where}\n    ${words}`);
  });
});

describe("a configuration that is not there", () => {
  const message = (load: () => unknown) => {
    try {
      load();
    } catch (error) {
      if (error instanceof StrataError) return error.message;
    }
    return "not refused";
  };

  test("is answered with how to make one", () => {
    expect(message(() => loadPlatform("/nowhere"))).toBe(
      "1 problem:\n  /nowhere\n    there is no configuration here. Run `npx strata init` to write one, or name another directory.",
    );
  });

  test("is answered with the nearest environment", () => {
    const dir = misconfigured({});
    expect(message(() => loadPlatform(dir, { only: "stagin" })).replace(`${dir}/`, "")).toBe(
      "1 problem:\n  environments\n    there is no environment stagin. Did you mean staging?",
    );
  });
});

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
    const root = path.resolve(__dirname, "../..");
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

test("several mistakes in several files are told in one run, in the order of reading, and nothing follows from them", () => {
  const dir = misconfigured({
    [PLATFORM]: {
      contact: "platform",
      [`${ZONE}/plan`]: "gold",
      [`${CLUSTER}/region`]: "frx",
      [`${CLUSTER}/gates/main/group`]: [],
      [`${POOL}/quantity`]: 0,
      [`${CLUSTER}/components/external-secrets`]: false,
    },
    [PROD]: {
      "placement/firewall": false,
      "data/redis": false,
      "apps/openpanel/gate": "admins",
      "apps/openpanel/version": "latest",
    },
    [STAGING]: { "placement/cluster": "platfrom", hosts: { style: "deep" } },
    "environments/qa.yaml": SHARED,
    "environments/dev.yaml": "placement: {\n",
  });
  expect(refusalOf(dir)).toMatchInlineSnapshot(`
    "14 problems:
      platform.yaml:8 contact
        contact is not valid (found "platform"). Write an e-mail address.
      platform.yaml:17 zones.acme.example.plan
        plan is not valid (found "gold"). Write free, pro, business or enterprise.
      platform.yaml:34 clusters.platform.region
        unknown Vultr region (found "frx"). Did you mean fra, lax, mex?
      platform.yaml:41 clusters.platform.nodePools.general-public.quantity
        quantity is not valid (found 0). Write a number of nodes from 1 to 100.
      platform.yaml:46 clusters.platform.gates.main.group
        unknown key "group". Did you mean groups?
      platform.yaml:58 clusters.platform.components.external-secrets
        cluster platform leaves out external-secrets, which clickhouse-operator, vault, casdoor, oauth2-proxy and grafana need (found false). Leave "external-secrets: false" out.
      environments/dev.yaml:2
        not valid YAML: Flow map in block collection must be sufficiently indented and end with a }. Mend the syntax; indentation is by spaces, and every key stands once.
      environments/prod.yaml:17 placement.firewall
        cluster prod has firewall: false, but carries prod. Set firewall: true, which staging and prod must have; it can't be changed once the cluster exists.
      environments/prod.yaml:29 data.redis
        openpanel in environment prod needs redis (found false). Leave "redis: false" out.
      environments/prod.yaml:34 apps.openpanel.version
        version is not valid (found "latest"). Write an exact version, such as "2.3.0".
      environments/prod.yaml:48 apps.openpanel.gate
        openpanel in environment prod is behind gate admins, which cluster prod does not have. Add "gates: {admins: {groups: [...]}}" to its placement.
      environments/qa.yaml:1
        the name of environment qa starts with no type (found "qa"). Write dev, prod, staging or sue. Names start with their type, such as dev-qa.
      environments/staging.yaml:8 placement.cluster
        environment staging is placed on a cluster that platform.yaml does not have (found "platfrom"). Did you mean platform?
      environments/staging.yaml:21 hosts.style
        style is not valid (found "deep"). Write flat or nested."
  `);
});

describe("what no configuration can express is refused when the program is put together wrongly", () => {
  /** The message for the example with one more construct. */
  function spoiled(spoil: (stack: LayerStack, target: ClusterTarget) => void): string {
    const { app } = buildProgram(testApp(), loadExample("acme"));
    const stack = child(app, "l4-apps-prod", LayerStack);
    spoil(stack, child(stack, "target-prod", ClusterTarget));
    try {
      renderProgram(app, { complete: true });
    } catch (error) {
      if (error instanceof StrataError) return error.message;
      throw error;
    }
    return "not refused";
  }

  function child<T>(parent: App | LayerStack, id: string, type: abstract new (...args: never[]) => T): T {
    const found: unknown = parent.node.findChild(id);
    if (found instanceof type) return found;
    throw new Error(`${id} is something else`);
  }

  const BACKEND = { service: "op-dashboard", port: 3000 };
  const ROUTES = {
    namespace: "openpanel-prod",
    name: "second",
    host: "openpanel.acme.example",
    entryPoint: "edge",
    issuer: "letsencrypt",
    zones: ["acme.example"],
    gates: portalGates("prod", ["main"], identityProvider(loadExample("acme"))),
  } as const;
  const OPEN = {
    name: "open",
    class: "public",
    path: "/open",
    match: "prefix",
    backend: BACKEND,
  } as const;
  const GATED = {
    name: "new",
    class: "gated",
    gate: "main",
    path: "/new",
    match: "prefix",
    backend: BACKEND,
  } as const;

  /** The message for the example with one more table of routes, of a host that has its record. */
  function withTable(props: Partial<RouteTableProps> & { readonly routes: readonly Route[] }, recorded = true): string {
    return spoiled((stack, target) => {
      const host = "new.acme.example";
      if (recorded) claimOwnership(stack, "dns-record", `acme.example/${host}/A`);
      // A namespace without a login yet.
      new TenantNamespace(stack, "new", { target, name: "new" });
      new RouteTable(stack, "second", {
        ...ROUTES,
        namespace: "new",
        host,
        target,
        ...props,
      });
    });
  }

  /** A row as JavaScript, or a file, could hold it. */
  function untyped(row: object): Route {
    return JSON.parse(JSON.stringify(row));
  }

  test("one more host with its routes, certificate and record is no problem", () => {
    expect(withTable({ routes: [OPEN, GATED] })).toBe("not refused");
  });

  test("two owners of one host", () => {
    const routes: Route[] = [{ ...OPEN, path: "/" }];
    expect(
      spoiled((stack, target) => new RouteTable(stack, "second", { ...ROUTES, target, routes })),
    ).toMatchInlineSnapshot(`
      "1 problem:
        the program
          route-table openpanel.acme.example has 2 owners: l4-apps-prod/host-openpanel-routes, l4-apps-prod/second. Keep it in one of them and refer to it from the others."
    `);
  });

  test("a host outside the zones", () => {
    expect(withTable({ host: "openpanel.acme.org", routes: [OPEN] })).toMatchInlineSnapshot(`
      "2 problems:
        l4-apps-prod/second
          host is outside every zone of the platform (found "openpanel.acme.org"). Use a host below acme.example, or add its zone to platform.yaml.
        l4-apps-prod/second/manifests
          host has no DNS record in this program (found "openpanel.acme.org"). Add a DnsRecord for it, or for *.acme.org, to the stack that owns the route."
    `);
  });

  test("a host without a DNS record", () => {
    expect(withTable({ routes: [OPEN, GATED] }, false)).toMatchInlineSnapshot(`
      "2 problems:
        l4-apps-prod/second/manifests
          host has no DNS record in this program (found "new.acme.example"). Add a DnsRecord for it, or for *.acme.example, to the stack that owns the route.
        l4-apps-prod/second
          client gate-prod-main sends people to a host that has no DNS record in this program (found "new.acme.example"). Expose the host, or correct the URI."
    `);
  });

  test("a host without a certificate", () => {
    expect(
      spoiled((stack, target) => {
        const services = [{ kind: "Service" as const, name: "op-dashboard", port: 3000 }];
        const rule = {
          kind: "Rule" as const,
          match: "Host(`new.acme.example`) && PathPrefix(`/`)",
          services,
        };
        const spec = { tls: { secretName: "new-tls" }, routes: [rule] };
        const manifests = [
          new IngressRoute({
            metadata: { name: "new", namespace: "openpanel-prod" },
            spec,
          }),
        ];
        const waiting = {
          until: "submitted",
          reason: "nothing of it starts",
        } as const;
        claimOwnership(stack, "dns-record", "acme.example/*.acme.example/A");
        new ManifestSet(stack, "new", {
          target,
          release: "new",
          namespace: "openpanel-prod",
          manifests,
          waiting,
        });
      }),
    ).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/new
          host has no certificate in secret new-tls of openpanel-prod (found "new.acme.example"). Expose the host with RouteTable, or add a Certificate with its name."
    `);
  });

  test("a gated route with no gate", () => {
    expect(withTable({ routes: [{ ...GATED, gate: "staff" }] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          gated route new (new.acme.example/new) names a gate that the cluster does not have (found "staff"). Use one of main."
    `);
  });

  test("a public route with a gate, in JavaScript", () => {
    expect(withTable({ routes: [untyped({ ...OPEN, gate: "main" })] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          public route open (new.acme.example/open) names a gate, and would be reachable without it (found "main"). Make it gated, or leave the gate out."
    `);
  });

  test("two rows of different class that match the same requests", () => {
    expect(withTable({ routes: [OPEN, { ...GATED, path: "/open" }] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          routes open (public) and new (gated) match the same requests (found "/open"). Keep one of them, or split them by methods or path."
    `);
  });

  test("a gated row inside the prefix of a public one", () => {
    expect(withTable({ routes: [OPEN, { ...GATED, path: "/open/admin" }] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          route new (gated) never gets a request: open (public) wins wherever it matches (found "/open/admin"). Narrow open, or remove new."
    `);
  });

  test("rows of one class that nothing tells apart, and lead to different places", () => {
    const other = {
      ...OPEN,
      name: "other",
      backend: { service: "op-api", port: 3000 },
    };
    expect(withTable({ routes: [OPEN, other] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          routes open (public) and other (public) match the same requests (found "/open"). Keep one of them, or split them by methods or path."
    `);
  });

  test("a row that is hidden by a denied one", () => {
    const denied = {
      name: "shut",
      class: "denied",
      path: "/open",
      match: "prefix",
    } as const;
    expect(
      withTable({
        routes: [denied, { ...OPEN, path: "/open/file", match: "exact" }],
      }),
    ).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          route open (public) never gets a request: shut (denied) wins wherever it matches (found "/open/file"). Narrow shut, or remove open."
    `);
  });

  test("a secret path declared twice", () => {
    expect(
      spoiled((stack) =>
        declareSecret(stack, {
          path: "prod/openpanel",
          description: "",
          keys: {},
          readers: [],
        }),
      ),
    ).toMatchInlineSnapshot(`
      "1 problem:
        the program
          vault-path prod/openpanel has 2 owners: l3-data-prod, l4-apps-prod. Keep it in one of them and refer to it from the others."
    `);
  });
});

test("what the loader knows of components is what they say of themselves", () => {
  const classes = [
    catalogue.CertManager,
    catalogue.Traefik,
    catalogue.ExternalSecrets,
    catalogue.CloudnativePg,
    catalogue.BarmanCloud,
    catalogue.ClickhouseOperator,
    catalogue.Vault,
    catalogue.Casdoor,
    catalogue.Oauth2Proxy,
    catalogue.Grafana,
    catalogue.Headlamp,
    catalogue.MetricsServer,
  ];
  // The identity provider and Vault stand on the central cluster, which may be another one.
  const here = classes.filter(({ NAME }) => NAME !== "casdoor" && NAME !== "vault");
  const needs = classes.map(({ NAME, REQUIRES }) => {
    const providers = here.filter(({ PROVIDES }) => PROVIDES.some((capability) => REQUIRES.includes(capability)));
    return [NAME, providers.map((provider) => provider.NAME).sort()] as const;
  });
  expect(COMPONENT_NEEDS).toEqual(Object.fromEntries(needs.filter(([, names]) => names.length > 0)));
});
