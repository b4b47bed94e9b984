import { isJsonObject } from "../../../constructs/core/json";
import { loadPlatform } from "../../../schema/load";
import { synthesize } from "../../helpers/examples";
import { misconfigured, removeMistakes } from "../../helpers/mistakes";
import { list, releasesOf } from "../../helpers/releases";
import { hostsOf } from "./support/routes";

afterAll(removeMistakes);

test("names with dots and capitals become identifiers wherever Terraform wants one", () => {
  const placement = "placement: {type: dedicated, region: fra, version: v1.36.1+1, gates: {main: {groups: [a]}}}\n";
  const dir = misconfigured({ "environments/prod-EU.west.yaml": `${placement}apps: {openpanel: {}}\n` });
  const { stacks } = synthesize(loadPlatform(dir));
  const aliases = stacks.flatMap(({ json }) =>
    Object.values(isJsonObject(json.provider) ? json.provider : {}).flatMap((each) =>
      list(each).map(({ alias }) => alias),
    ),
  );
  expect(aliases).toContain("prod-eu-west");
  expect(aliases.filter((alias) => alias !== undefined && !/^[a-z][a-z0-9-]*$/.test(String(alias)))).toEqual([]);
  const releases = releasesOf(stacks).filter(({ cluster }) => cluster === "prod-eu-west");
  const hosts = releases.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === "IngressRoute").flatMap(hostsOf),
  );
  expect(new Set(hosts)).toEqual(new Set(["openpanel-prod-eu-west.acme.example"]));
});
