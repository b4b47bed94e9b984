import { readFileSync } from "node:fs";
import path from "node:path";
import { blocks } from "../../constructs/core/synth/stack-json";
import { loadPlatform } from "../../schema/load";
import { synthesize } from "../helpers/examples";
import { terraformExceptions, tokenExceptions } from "./exceptions";
import { liveExceptions } from "./live-exceptions";

const root = path.resolve(__dirname, "../..");
const platform = loadPlatform(path.join(root, "examples", "acme"));

test("every exception gives its reason, and the page that it names has the heading that it names", () => {
  const reader = { cluster: "prod", namespace: "data-prod", serviceAccount: "reader" };
  const listed = [
    ...terraformExceptions(platform),
    ...tokenExceptions(["VAULT_TOKEN"], "user"),
    ...liveExceptions({
      mount: "secret",
      secrets: [{ path: "prod/openpanel", owner: "", description: "", keys: {}, readers: [reader] }],
      bootstrap: [{ cluster: "prod", namespace: "cert-manager", name: "dns", owner: "", keys: {} }],
    }),
  ];
  expect(listed.filter(({ reason }) => reason === "")).toEqual([]);
  for (const documented of new Set(listed.map((each) => each.documented))) {
    const [file = "", heading = ""] = documented.split(", ");
    const headings = readFileSync(path.join(root, file), "utf8").match(/^#+ .*$/gm) ?? [];
    expect({ documented, headings: headings.filter((line) => line.includes(heading)) }).toMatchObject({
      headings: [expect.any(String)],
    });
  }
});

test("the stacks that are listed as readers of a cluster's credentials are those that read its contract", () => {
  const listed = terraformExceptions(platform).flatMap(({ place }) => {
    const [, stack, cluster] = /^state\/(.+)\.tfstate\*#data\.terraform_remote_state\.(.+)$/.exec(place) ?? [];
    return stack === undefined ? [] : [`${stack} reads ${cluster}`];
  });
  const reading = synthesize(platform).stacks.flatMap((stack) =>
    blocks(stack, "data")
      .filter(({ type, name }) => type === "terraform_remote_state" && name.startsWith("l1-cluster-"))
      .map(({ name }) => `${stack.id} reads ${name}`),
  );
  expect(listed.sort()).toEqual(reading.sort());
});
