import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { loginAs, type People } from "./people";

/** A command that knows nothing of logins gets a token for its time. */
export function commandTests(people: People): void {
  const { platform } = people;

  describe("a command that takes its token from VAULT_TOKEN", () => {
    test("gets one of a login for as long as it runs", async () => {
      const file = path.join(platform.folder, "scratch-token");
      const script = `require("node:fs").writeFileSync(${JSON.stringify(file)}, process.env.VAULT_TOKEN)`;
      const command = ["vault", "exec", ...loginAs("deployer"), "--", process.execPath, "-e", script];
      const { code, stderr } = await platform.strata(command, {
        env: { ...platform.env, JWT: people.person(["pipelines"]) },
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const token = people.kept(readFileSync(file, "utf8"));
      rmSync(file);
      expect(token).toMatch(/^hvs\./);
      expect((await platform.ask({ method: "GET", path: "auth/token/lookup-self", token })).status).toBe(403);
    });
  });
}
