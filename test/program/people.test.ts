import { declareSecret } from "../../constructs/core/secrets";
import { blocks } from "../../constructs/core/synth/stack-json";
import { SECRET_PATHS } from "../../stacks/l2-platform/people";
import { buildProgram } from "../../stacks/program";
import { loadExample, synthesize } from "../helpers/examples";
import { refusal } from "../helpers/program";

describe.each(["acme", "minimal"] as const)("in Vault, as examples/%s has it", (example) => {
  const { stacks } = synthesize(loadExample(example));
  const resources = stacks.flatMap((stack) =>
    blocks(stack, "resource").map((block) => ({ stack: stack.id, ...block })),
  );
  const roles = resources.filter(({ type }) => /^vault_(kubernetes|jwt)_auth_backend_role$/.test(type));
  const policies = resources.filter(({ type }) => type === "vault_policy").map(({ body }) => body);

  /** Every rule of every policy. */
  const rules = policies.flatMap(({ name, policy }) =>
    [...String(policy).matchAll(/path "([^"]+)" \{\s+capabilities = \[([^\]]*)\]/g)].map(([, at = "", names = ""]) => ({
      policy: String(name),
      at,
      capabilities: names.split(", ").map((each) => each.replaceAll('"', "")),
    })),
  );

  test("no policy but the operators' has a pattern of secrets, and theirs are the declared names", () => {
    const patterns = rules.filter(({ at }) => /^secret\/(data|subkeys)\/.*[*+]/.test(at) || at === "secret/*");
    expect(new Set(patterns.map(({ policy }) => policy))).toEqual(new Set(["operator"]));
    const paths = SECRET_PATHS.flatMap((each) => [`secret/data/${each}`, `secret/subkeys/${each}`]);
    expect(patterns.map(({ at }) => at).sort()).toEqual(paths.sort());
  });

  test("no policy allows everything, or making tokens", () => {
    const broad = rules.filter(({ at }) => /^(\+|\*)|^(secret|sys|auth)\/\*$|^auth\/token\/create/.test(at));
    expect(broad).toEqual([]);
  });

  test("every login ends within two hours, and has no policy that is not named", () => {
    expect(roles.length).toBeGreaterThan(0);
    for (const { body } of roles) {
      expect(body).toMatchObject({ token_no_default_policy: true });
      expect(body.token_max_ttl).toBeLessThanOrEqual(7200);
      expect(body.token_ttl).toBeLessThanOrEqual(7200);
      expect(body).not.toHaveProperty("token_period");
    }
  });

  test("people log in with groups of the identity provider only", () => {
    for (const { body } of roles.filter(({ type }) => type === "vault_jwt_auth_backend_role")) {
      expect(body).toMatchObject({ backend: "sso", bound_audiences: ["vault"], bound_claims_type: "string" });
      expect(body.bound_claims).toMatchObject({ groups: expect.stringMatching(/./) });
    }
  });

  test("what an environment grants stands in its own stacks", () => {
    for (const { stack, body } of [...resources.filter(({ type }) => type === "vault_policy"), ...roles]) {
      const [, environment] = /^(\w+)-(?:owner|developer|viewer)$/.exec(String(body.name ?? body.role_name)) ?? [];
      if (environment !== undefined) expect(stack).toBe(`l3-data-${environment}`);
    }
  });
});

test("a secret that no operator could sync is refused", () => {
  expect(
    refusal((app) => {
      buildProgram(app, loadExample("minimal"));
      declareSecret(app, { path: "staging/new", description: "", keys: {}, readers: [] });
    }),
  ).toBe(
    'l2-secrets-platform: operators of the platform have no right on a secret that is declared (found "staging/new"). Add its name to SECRET_PATHS in stacks/l2-platform/people.ts.',
  );
});
