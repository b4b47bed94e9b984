import { writeFileSync } from "node:fs";
import path from "node:path";
import { readIdentity } from "../../../cli/identity/document";
import { declareClient, declareGroups, identityDocument } from "../../../constructs/core/identity";
import { LayerStack } from "../../../constructs/core/layer-stack";
import { testApp } from "../../helpers/program";
import { temporaryFolder } from "../support/session";
import { clientOf, PROVIDER } from "./support/program";

function written(content: string): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, "identity.json"), content);
  return folder;
}

it("what the program declares is what the command reads", () => {
  const app = testApp();
  const home = new LayerStack(app, "l4-apps-staging", { layer: 4, backend: { type: "local" } });
  const { owner: _owner, ...client } = clientOf("grafana", {
    environment: "staging",
    homepage: "https://acme.example",
  });
  declareClient(home, { ...client, provider: PROVIDER });
  declareGroups(home, { provider: PROVIDER, groups: ["owners"], environment: "staging" });
  const document = identityDocument(app);
  expect(readIdentity(written(JSON.stringify(document)))).toEqual(JSON.parse(JSON.stringify(document)));
});

test.each([
  ["no JSON", "{", "is not JSON"],
  [
    "another version",
    JSON.stringify({
      schemaVersion: 2,
      mount: "secret",
      complete: true,
      providers: [],
      clients: [],
      redirects: [],
      groups: [],
    }),
    "schemaVersion",
  ],
  [
    "a path outside the mount",
    JSON.stringify({
      schemaVersion: 1,
      mount: "secret",
      providers: [],
      complete: true,
      redirects: [],
      groups: [],
      clients: [clientOf("grafana", { secret: { path: "../sys/policy", key: "x" } })],
    }),
    "clients.0.secret.path\n    not a path below the mount",
  ],
  [
    "http",
    JSON.stringify({
      schemaVersion: 1,
      mount: "secret",
      providers: [PROVIDER],
      complete: true,
      redirects: [],
      groups: [],
      clients: [clientOf("grafana", { redirectUris: ["http://grafana.acme.example"] })],
    }),
    "clients.0.redirectUris.0\n    not an https URL",
  ],
])("a file with %s is refused with its place", (_, content, text) => {
  expect(() => readIdentity(written(content))).toThrow(text);
});
