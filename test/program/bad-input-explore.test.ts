import { readFileSync } from "node:fs";
import { exampleDir } from "../helpers/examples";
import { type Changes, misconfigured, refusalOf } from "../helpers/mistakes";

const C = "clusters/platform";
const P = "platform.yaml";
const S = "environments/staging.yaml";
const R = "environments/prod.yaml";
const acme = readFileSync(`${exampleDir("acme")}/platform.yaml`, "utf8");
const cases: [string, Changes][] = [
  ["no platform.yaml", { [P]: null }],
  ["empty env", { [S]: "" }],
  ["empty platform", { [P]: "# nothing\n" }],
  ["unknown key top", { [P]: { organization: "acme" } }],
  ["unknown key renamed", { [P]: acme.replace("organisation:", "organization:") }],
  ["unknown key deep", { [P]: { [`${C}/nodePools/general-public/autoscaling/maximum`]: 3 } }],
  ["unknown key env", { [R]: { "apps/openpanell": {} } }],
  ["unknown key data", { [R]: { "data/clickhouse/size": "1Gi" } }],
  ["wrong type", { [P]: { contact: 5 } }],
  ["wrong type list", { [P]: { [`${C}/gates/main/groups`]: "analytics" } }],
  ["wrong type bool", { [P]: { [`${C}/central`]: "yes" } }],
  ["wrong type scalar for map", { [R]: { placement: "dedicated" } }],
  ["wrong type apps", { [R]: { apps: ["openpanel"] } }],
  ["apps null", { [S]: { "apps/openpanel": null } }],
  ["clusters list", { [P]: { clusters: [{ name: "platform" }] } }],
  ["replicas string", { [R]: { "apps/openpanel/replicas/api": "3" } }],
  ["yaml syntax", { [P]: acme.replace("contact:", "contact: [") }],
  ["yaml tab", { [S]: "placement:\n\ttype: shared\n" }],
  ["yaml dup key", { [S]: "owner: a\nowner: b\n" }],
  ["yaml indentation", { [S]: "placement:\n  type: shared\n cluster: platform\n" }],
  ["unclosed quote", { [S]: 'owner: "platform\nplacement: {type: shared}\n' }],
  ["unknown cluster", { [S]: { "placement/cluster": "platfrom" } }],
  ["unknown cluster far", { [S]: { "placement/cluster": "zzzzzzzzzzzzzz" } }],
  ["same name", { "environments/staging-eu.yaml": "name: staging\nplacement: {type: shared}\n" }],
  [
    "same slug",
    {
      "environments/dev-a.b.yaml": "placement: {type: shared}\n",
      "environments/dev-a-b.yaml": "placement: {type: shared}\n",
    },
  ],
  ["same slug case", { "environments/Staging.yaml": "placement: {type: shared}\n" }],
  ["env = cluster slug", { "environments/platform.yaml": "type: dev\nplacement: {type: shared}\n" }],
  [
    "dedicated env with cluster name",
    { [P]: { "clusters/prod": { region: "fra", version: "v1.36.1+1", central: false } } },
  ],
  ["two primaries", { [S]: { "apps/openpanel": { primary: true } } }],
  ["domain outside", { [P]: { "domains/public": "acme.org" } }],
  ["domain sub", { [P]: { "domains/public": "apps.acme.example" } }],
  ["internal outside", { [P]: { "domains/internal": "corp.example" } }],
  ["nested proxied", { [S]: { hosts: { style: "nested" } } }],
  ["nested proxied from profile", { [P]: { "profiles/staging/environment/hosts/style": "nested" } }],
  ["dev proxied", { "environments/dev.yaml": "hosts: {mode: proxied}\n" }],
  [
    "rate limit count",
    {
      [P]: {
        "zones/acme.example/rateLimits": [1, 2].map((i) => ({
          ref: `l${i}`,
          description: "x",
          expression: "true",
          requests: 10,
          period: 60,
          mitigationTimeout: 60,
          action: "block",
        })),
      },
    },
  ],
  [
    "rate limit period",
    {
      [P]: {
        "zones/acme.example/rateLimits": [
          {
            ref: "l",
            description: "x",
            expression: "true",
            requests: 10,
            period: 3600,
            mitigationTimeout: 60,
            action: "block",
          },
        ],
      },
    },
  ],
  [
    "rate limit free",
    {
      [P]: {
        "zones/acme.example/plan": "free",
        "zones/acme.example/rateLimits": [
          {
            ref: "l",
            description: "x",
            expression: "true",
            requests: 10,
            period: 60,
            mitigationTimeout: 60,
            action: "block",
          },
        ],
      },
    },
  ],
  [
    "rules",
    {
      [P]: {
        "zones/acme.example/plan": "free",
        "zones/acme.example/customRules": [1, 2, 3, 4].map((i) => ({
          ref: `r${i}`,
          description: "x",
          expression: "true",
          action: "block",
        })),
      },
    },
  ],
  ["rule action", { [P]: { "zones/acme.example/customRules/0/action": "log" } }],
  [
    "rule dup ref",
    {
      [P]: {
        "zones/acme.example/customRules+": {
          ref: "block-wordpress-probes",
          description: "x",
          expression: "true",
          action: "block",
        },
      },
    },
  ],
  ["prod no HA", { [R]: { "placement/highlyAvailable": false } }],
  ["prod no FW", { [R]: { "placement/firewall": false } }],
  ["staging platform no HA", { [P]: { [`${C}/highlyAvailable`]: false } }],
  ["platform no FW", { [P]: { [`${C}/firewall`]: false } }],
  ["profile prod no HA", { [P]: { "profiles/prod/cluster/highlyAvailable": false } }],
  ["quantity 0", { [P]: { [`${C}/nodePools/general-public/quantity`]: 0 } }],
  ["quantity 0 general", { [P]: { [`${C}/nodePools/general`]: { quantity: 0 } } }],
  ["min>max", { [P]: { [`${C}/nodePools/general-public/autoscaling`]: { min: 5, max: 4 } } }],
  ["min 0", { [P]: { [`${C}/nodePools/general-public/autoscaling`]: { min: 0, max: 4 } } }],
  ["min only above profile max", { [P]: { [`${C}/nodePools/general-public/autoscaling`]: { min: 6 } } }],
  [
    "two taints",
    {
      [P]: {
        [`${C}/nodePools/general-public/taints`]: [
          { key: "a", value: "b", effect: "NoSchedule" },
          { key: "a", value: "c", effect: "NoExecute" },
        ],
      },
    },
  ],
  [
    "two taints restricted",
    {
      [P]: {
        [`${C}/nodePools/general-restricted`]: {
          taints: [
            { key: "a", value: "b", effect: "NoSchedule" },
            { key: "a", value: "c", effect: "NoExecute" },
          ],
        },
      },
    },
  ],
  ["unknown plan", { [P]: { [`${C}/nodePools/general-public/plan`]: "vc2-4c-9gb" } }],
  ["gpu plan", { [R]: { "placement/nodePools/ai": { plan: "vcg-a16-2c-8gb-2vram" } } }],
  ["unknown region", { [P]: { [`${C}/region`]: "frx" } }],
  ["unknown region env", { [R]: { "placement/region": "zzz" } }],
  ["bad region", { [R]: { "placement/region": "frankfurt" } }],
  ...[
    "cert-manager",
    "traefik",
    "external-secrets",
    "cloudnative-pg",
    "clickhouse-operator",
    "vault",
    "casdoor",
    "oauth2-proxy",
  ].flatMap(
    (c) =>
      [
        [`platform without ${c}`, { [P]: { [`${C}/components/${c}`]: false } }],
        [`prod without ${c}`, { [R]: { [`placement/components/${c}`]: false } }],
      ] as [string, Changes][],
  ),
  ["floating chart", { [P]: { [`${C}/components/traefik/version`]: "^41.0.0" } }],
  ["latest app", { [R]: { "apps/openpanel/version": "latest" } }],
  ["app version number", { [R]: { "apps/openpanel/version": 2.3 } }],
  ["floating cluster", { [R]: { "placement/version": "v1.36" } }],
  ["floating cluster plain", { [R]: { "placement/version": "1.36.1" } }],
  ["value path", { [P]: { [`${C}/components/traefik/values/deploymnt/replicas`]: 2 } }],
  [
    "value path both clusters profile",
    { [P]: { "profiles/platform/cluster/components/cert-manager/values/crd/enabled": true } },
  ],
  ["value image latest", { [P]: { [`${C}/components/traefik/values/image/tag`]: "latest" } }],
  ["no gate", { [R]: { "apps/openpanel/gate": "admins" } }],
  ["no gates at all", { [R]: { "placement/gates?": null } }],
  ["no gates platform", { [P]: { [`${C}/gates?`]: null } }],
  ["empty groups", { [P]: { [`${C}/gates/main/groups`]: [] } }],
  ["no postgres", { [R]: { "data/postgresql": false } }],
  ["no stores", { [R]: { data: { postgresql: false, clickhouse: false, redis: false } } }],
  ["stray", { "environments/qa.yml": "owner: x\n" }],
  ["stray2", { "staging.yaml": "owner: x\n" }],
  ["bad type", { "environments/qa.yaml": "owner: x\n" }],
];
test.each(cases)("%s", (name, changes) => {
  let out: string;
  try {
    out = refusalOf(misconfigured(changes));
  } catch (e) {
    out = "!!!! " + (e instanceof Error ? e.message + (e.message.startsWith("the conf") ? "" : e.stack) : e);
  }
  require("node:fs").appendFileSync("/tmp/explore.txt", `\n### ${name}\n${out}\n`);
});
