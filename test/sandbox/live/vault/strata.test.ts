import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { strataProgram } from "../../../../sandbox/live/vault";
import { removeFolders, temporaryFolder } from "./support";

afterAll(removeFolders);

test("a strata command has what it is given and nothing of the user's, and its messages stand apart", async () => {
  process.env.VAULT_ADDR = "the user's";
  const root = temporaryFolder();
  mkdirSync(path.join(root, "cli"));
  const script = `let text = "";
process.stdin.on("data", (piece) => { text += piece; }).on("end", () => {
  console.log(JSON.stringify({ args: process.argv.slice(2), text, env: process.env }));
  console.error("a message");
  process.exitCode = 2;
});`;
  writeFileSync(path.join(root, "cli", "bin.mjs"), script);
  const strata = strataProgram({ root, home: "/home/of/the/sandbox" });
  const { code, stdout, stderr } = await strata(["vault", "status"], { env: { MARK: "given" }, stdin: "key" });
  expect({ code, stderr }).toEqual({ code: 2, stderr: "a message\n" });
  const { args, text, env } = JSON.parse(stdout);
  expect({ args, text }).toEqual({ args: ["vault", "status"], text: "key" });
  expect(env).toMatchObject({ MARK: "given", HOME: "/home/of/the/sandbox" });
  expect(env.VAULT_ADDR).toBeUndefined();
});
