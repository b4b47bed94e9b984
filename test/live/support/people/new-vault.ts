import { ORGANISATION } from "./organisation";
import type { People } from "./people";

/** A Vault that was just opened takes what the program says of it, once, from whoever has the root token. */
export function newVaultTests(people: People): void {
  const { platform } = people;

  describe("a new Vault", () => {
    test("takes who may do what from the real provider, and a second plan is empty", async () => {
      await platform.deployAs(platform.rootToken);
      const stacks = people.synthesize(ORGANISATION);
      for (const stack of stacks.values()) expect(await platform.apply(stack)).toBe("applied");
      for (const stack of stacks.values()) expect(await platform.plan(stack)).toBe("no changes");
    });

    test("needs its root token no more", async () => {
      const token = platform.rootToken;
      expect((await platform.ask({ method: "POST", path: "auth/token/revoke-self", token })).status).toBe(204);
      expect((await platform.ask({ method: "GET", path: "auth/token/lookup-self", token })).status).toBe(403);
    });
  });
}
