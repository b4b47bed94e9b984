import { readFileSync } from "node:fs";
import { z } from "zod";
import { filesWith } from "../files-with";
import type { People } from "./people";

const stored = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

/** Nothing of what all others did is in a file in clear. Comes last. */
export function keptNowhereTests(people: People): void {
  const { platform, secret } = people;

  test("no token and no value is in a state, a plan or a log", async () => {
    const { token } = await people.signOn("operator", ["operators"]);
    const { body } = await platform.ask({ method: "GET", path: "secret/data/staging/openpanel", token });
    const { data } = stored.parse(body).data;
    const values = [data.postgres_password ?? "", data.redis_password ?? ""];
    expect(values.every((value) => value.length > 20)).toBe(true);
    const found = filesWith(platform.folder, [...secret, ...values]);
    for (const value of [...secret, ...values]) {
      expect(found.get(value)).toEqual(value === platform.rootToken ? ["vault/keys.json"] : []);
    }
    expect(readFileSync(platform.vault.auditFile, "utf8")).toContain("auth/sso/login");
  });
}
