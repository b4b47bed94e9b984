import { foreign, signedWithPublicKey, stranger, unsigned } from "./forged";
import { CI } from "./organisation";
import type { People } from "./people";

/** Nobody gets in who is not meant, and nobody stays for longer. */
export function loginTests(people: People): void {
  const { platform } = people;

  describe("a login", () => {
    test.each([
      ["a stranger without groups", () => people.person(undefined), /claim/],
      ["a person without one of the groups", () => people.person(["everybody", "staging"]), /bound claim/],
      [
        "groups of that name in another organisation",
        () => foreign(people, { groups: ["operators", "evil/operators"] }),
        /bound/,
      ],
      ["a token that has ended", () => people.person(["operators"], { seconds: -120 }), /expired/],
      ["a token for somebody else", () => foreign(people, { audience: "grafana" }), /audience/],
      ["a token that another client asked for", () => foreign(people, { more: { azp: "grafana" } }), /bound claim/],
      ["a token of another issuer", () => foreign(people, { issuer: CI }), /issuer/],
      ["a token with the key of another", () => stranger(people), /signature|key/],
      [
        "a token that is signed with the published key as if it were a password",
        () => signedWithPublicKey(people),
        /algorithm|signature|key/,
      ],
      ["a token that is not signed", () => unsigned(people), /algorithm|signature|jwt/i],
    ])("is refused to %s", async (_, jwt, reason) => {
      for (const role of ["operator", "staging-owner", "deployer"]) {
        const refused = await people.logIn("sso", role, jwt());
        expect(typeof refused).toBe("string");
        expect(refused).toMatch(/^40[03] /);
        expect(refused).toMatch(reason);
      }
    });

    test("is refused with the role of another environment", async () => {
      expect(await people.logIn("sso", "prod-owner", people.person(["staging-owners"]))).toMatch(/^400 /);
      expect(await people.logIn("sso", "operator", people.person(["staging-owners"]))).toMatch(/^400 /);
    });

    test("can't be made longer, and a token of it makes no other", async () => {
      const { token } = await people.signOn("operator", ["operators"]);
      const renew = { method: "POST", path: "auth/token/renew-self", token } as const;
      expect((await platform.ask(renew)).status).toBe(403);
      const create = { method: "POST", path: "auth/token/create", token, body: { ttl: "720h" } } as const;
      expect((await platform.ask(create)).status).toBe(403);
    });
  });
}
