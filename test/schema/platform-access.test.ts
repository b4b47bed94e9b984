import { load, problemsOf } from "./config";

/** The base with more fields in platform.yaml. */
const more = (written: string) => ({ platform: ["clusters:", `${written}\nclusters:`] }) as const;
const CI = "{login: jwt, issuer: 'https://token.ci.example/', claims: {repository: acme/platform}}";

describe("who works on the platform as a whole", () => {
  it("is nobody when nothing is said", () => {
    expect(load()).toMatchObject({ access: {}, deployers: {} });
  });

  it("is people by group, and machines by their own tokens", () => {
    const accounts = "atlantis: {login: kubernetes, namespace: atlantis, serviceAccount: atlantis}";
    expect(load(more(`access: {operators: operator}\ndeployers: {${accounts}, ci: ${CI}}`))).toMatchObject({
      access: { operators: "operator" },
      deployers: {
        atlantis: { login: "kubernetes", cluster: "platform", namespace: "atlantis", serviceAccount: "atlantis" },
        ci: { login: "jwt", issuer: "https://token.ci.example", claims: { repository: "acme/platform" } },
      },
    });
  });

  it.each([
    [
      "access: {operators: owner}",
      'access.operators: operators is not valid (found "owner"). Write operator or deployer.',
    ],
    ["deployers: {Ci: {}}", "Ci"],
    [`deployers: {ci: {login: ldap}}`, 'a mapping with "login: kubernetes" or "login: jwt"'],
    [`deployers: {ci: ${CI.replace("https", "http")}}`, "Write an https URL."],
    [`deployers: {ci: ${CI.replace("acme/platform", "'a,b'")}}`, "Write a text without a comma."],
    [
      `deployers: {ci: ${CI.replace("{repository: acme/platform}", "{}")}}`,
      "every token of https://token.ci.example/ would",
    ],
    [
      "deployers: {a: {login: kubernetes, cluster: plattform, namespace: a, serviceAccount: a}}",
      "there is no cluster plattform in platform.yaml",
    ],
  ])("is refused as %s", (written, problem) => {
    expect(problemsOf(more(written)).join("\n")).toContain(problem);
  });
});
