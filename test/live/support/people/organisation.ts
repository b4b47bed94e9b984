import type { Changes } from "./program";

/** Issuer of the tokens of people. */
export const SSO = "https://sso.acme.example";

/** Issuer of the tokens of CI jobs. */
export const CI = "https://token.ci.example";

/** The same group is something else in each environment. */
export const ORGANISATION: Changes = {
  "platform.yaml": {
    access: { operators: "operator", pipelines: "deployer" },
    deployers: {
      atlantis: { login: "kubernetes", namespace: "atlantis", serviceAccount: "atlantis" },
      ci: { login: "jwt", issuer: CI, claims: { repository: "acme/platform", ref: "refs/heads/main" } },
    },
  },
  "environments/staging.yaml": { access: { "staging-owners": "owner", developers: "developer", support: "viewer" } },
  "environments/prod.yaml": { access: { "prod-owners": "owner", developers: "viewer" } },
};

/** A group as Casdoor writes it into tokens. */
export function inClaim(group: string): string {
  return `acme/${group}`;
}
