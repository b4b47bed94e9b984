import { StrataError } from "../../../constructs/core/errors";
import { loadPlatform } from "../../../schema/load";
import { misconfigured, refusalOf, removeMistakes } from "../../helpers/mistakes";
import { BACKUPS } from "./mistakes/backups";
import { CLUSTERS } from "./mistakes/clusters";
import { ENVIRONMENTS } from "./mistakes/environments";
import { FILES } from "./mistakes/files";
import { HOSTS } from "./mistakes/hosts";
import { ROUTED } from "./mistakes/routes";
import { CLUSTER, PLATFORM, POOL, PROD, SHARED, STAGING, ZONE } from "./mistakes/row";
import { SHAPES } from "./mistakes/shapes";
import { SOFTWARE } from "./mistakes/software";

jest.setTimeout(120_000);
afterAll(removeMistakes);

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
