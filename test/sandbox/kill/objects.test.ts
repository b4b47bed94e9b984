import { writeFileSync } from "node:fs";
import path from "node:path";
import { difference, label, outsideStates } from "../../../sandbox/kill/objects";
import { privateOf } from "../../../sandbox/providers/world/state";
import { worldOf } from "../http/world";
import { removeFolders, temporaryFolder } from "../support";

const vpc = (id: string) => ["vultr_vpc", id, { description: "platform" }] as const;
const policy = (name: string) => ["vault_policy", name, { name }, "default"] as const;

describe("comparing what exists", () => {
  afterAll(removeFolders);

  const stateWith = (...ids: { scope: string; id: string }[]): string => {
    const folder = temporaryFolder();
    const instances = ids.map((identity) => ({ private: privateOf(identity).toString("base64") }));
    const resources = [{ mode: "managed", type: "vault_policy", instances }];
    writeFileSync(path.join(folder, "l2.tfstate"), JSON.stringify({ resources }));
    return folder;
  };

  test("the same objects with other ids are the same", () => {
    expect(difference(worldOf(vpc("a")).find(undefined), worldOf(vpc("b")).find(undefined))).toEqual([]);
  });

  test("a second object and a missing one are said by type and name", () => {
    const have = worldOf(vpc("a"), vpc("b")).find(undefined);
    const want = worldOf(vpc("a"), policy("casdoor")).find(undefined);
    expect(difference(have, want)).toEqual(["1 vultr_vpc platform too many", "1 vault_policy casdoor missing"]);
  });

  test("objects that no state knows are found", () => {
    const world = worldOf(policy("casdoor"), policy("gate"));
    const folder = stateWith({ scope: "default", id: "casdoor" });
    expect(outsideStates(world, folder).map(label)).toEqual(["vault_policy gate"]);
  });

  test.each(["", '{"resources": [{"mo'])("a state that Terraform was killed over (%p) knows nothing", (text) => {
    const folder = stateWith({ scope: "default", id: "casdoor" });
    writeFileSync(path.join(folder, "l2.tfstate"), text);
    expect(outsideStates(worldOf(policy("casdoor")), folder)).toHaveLength(1);
  });
});
