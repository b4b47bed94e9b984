import type { ITerraformDependable, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { githubSecrets } from "../../constructs/components/casdoor";
import { declareClient, declareIdentityProvider } from "../../constructs/core/identity";
import { vaultNames } from "../../constructs/core/names";
import { addRule, type Finding } from "../../constructs/core/rules";
import { declarations, declareSecret } from "../../constructs/core/secrets";
import {
  DeployerLogin,
  deployerRole,
  deployerRules,
  isAmong,
  NamedPolicy,
  operatorRules,
  SignOn,
  vaultClient,
  vaultClientSecret,
} from "../../constructs/vault";
import type { Cluster } from "../../schema/model";
import type { ProgramContext } from "../context";
import { identityProvider } from "../identity";

/**
 * Every secret of the program, as an operator's policy names them: `+` stands for an environment or a cluster. They are
 * not taken from what is declared, because a new environment would change this stack.
 */
export const SECRET_PATHS: readonly string[] = [
  ...["openpanel", "openpanel-runtime", "backups"].map((name) => vaultNames.environment("+", name)),
  ...["casdoor", "casdoor-github", "vault-sign-on", "gate-*", "grafana", "backups"].map((name) =>
    vaultNames.component("+", name),
  ),
];

/** Whether people log in to Vault by the identity provider: it has to run. */
export function peopleSignOn(context: ProgramContext): boolean {
  return context.cluster(context.platform.central).components.casdoor !== false;
}

/** In `l2-secrets` of the central cluster: what operators and deployers may do. */
export function grantPlatform(scope: Construct, context: ProgramContext, provider: TerraformProvider): void {
  const roles = Object.entries(context.platform.deployers).map(([name, deployer]) => deployerRole(name, deployer));
  new NamedPolicy(scope, "operator", {
    provider,
    name: vaultNames.operator,
    rules: operatorRules(SECRET_PATHS, roles),
  });
  new NamedPolicy(scope, "deployer", { provider, name: vaultNames.deployer, rules: deployerRules(roles) });
  addRule(scope, () => unknownSecrets(scope));
}

/** In `l2-secrets` of each cluster: the machines that log in there and apply stacks. */
export function letDeployersIn(
  scope: Construct,
  context: ProgramContext,
  cluster: Cluster,
  provider: TerraformProvider,
  dependsOn: readonly ITerraformDependable[],
): void {
  for (const [name, deployer] of Object.entries(context.platform.deployers)) {
    const here = deployer.login === "kubernetes" ? deployer.cluster === cluster.name : cluster.central;
    if (here) new DeployerLogin(scope, `deployer-${name}`, { provider, name, deployer, dependsOn });
  }
}

/** In `l2-services` of the central cluster, once the identity provider is up: how people log in. */
export function letPeopleIn(
  scope: Construct,
  context: ProgramContext,
  provider: TerraformProvider,
  dependsOn: readonly ITerraformDependable[],
): void {
  const { access, central } = context.platform;
  const identity = identityProvider(context.platform);
  declareIdentityProvider(scope, identity);
  if (identity.signIn.github !== undefined) declareSecret(scope, githubSecrets(central));
  declareSecret(scope, vaultClientSecret(central));
  const host = context.internalHost("vault");
  declareClient(scope, vaultClient({ identity, cluster: central, host, groups: Object.keys(access) }));
  new SignOn(scope, "sign-on", { provider, identity, access, dependsOn });
}

/** A path that no operator could sync. */
function unknownSecrets(scope: Construct): Finding[] {
  return declarations(scope)
    .secrets.filter(({ path }) => !isAmong(path, SECRET_PATHS))
    .map(({ path }) => ({
      problem: "operators of the platform have no right on a secret that is declared",
      value: path,
      fix: "Add its name to SECRET_PATHS in stacks/l2-platform/people.ts.",
    }));
}
