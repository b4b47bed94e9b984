import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { declareGroups, type IdentityProvider } from "../../core/identity";
import { vaultNames } from "../../core/names";
import type { SecretDeclaration } from "../../core/secrets";
import { compareTexts } from "../../core/texts";
import { OWN_TOKEN, secretRules, type VaultRule } from "../../core/vault-policy";
import { NamedPolicy } from "../named-policy";
import { PeopleRole } from "./people-role";

/** What somebody is in an environment. */
export type PeopleOf = "owner" | "developer" | "viewer";

export interface EnvironmentPeopleProps {
  readonly provider: TerraformProvider;
  /** Whose groups they are. */
  readonly identity: IdentityProvider;
  readonly environment: string;
  /** Group of the identity provider to what its members are here. */
  readonly access: Readonly<Record<string, PeopleOf>>;
  /** The secrets of the environment's applications. */
  readonly secrets: readonly SecretDeclaration[];
  /** Secrets that the platform keeps for it, such as the keys of its backups: everybody sees outlines, nobody values. */
  readonly kept: readonly SecretDeclaration[];
  /** @default - none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * What people may do with the secrets of one environment: a policy and a role for each kind of people that has a group.
 * Whoever is in several groups chooses a role at each login, so a login never has more rights than its work asks for.
 *
 * There are no groups in Vault's identity store: a group of the identity provider can have one alias for each mount only,
 * so two environments that name the same group would need a common owner, and adding one would change the other.
 */
export class EnvironmentPeople extends Construct {
  /** Names of the roles, sorted. */
  readonly roles: readonly string[];

  constructor(scope: Construct, id: string, props: EnvironmentPeopleProps) {
    super(scope, id);
    const { provider, identity, environment, access } = props;
    declareGroups(this, { provider: identity, groups: Object.keys(access), environment });
    const kinds = [...new Set(Object.values(access))].sort(compareTexts);
    this.roles = kinds.map((kind) => {
      const name = vaultNames.people(environment, kind);
      const policy = new NamedPolicy(this, `${kind}-policy`, {
        provider,
        name,
        rules: peopleRules(kind, props),
      });
      const groups = Object.keys(access).filter((group) => access[group] === kind);
      const dependsOn = [policy.ready, ...(props.dependsOn ?? [])];
      new PeopleRole(this, kind, { provider, identity, name, groups, policies: [policy.name], dependsOn });
      return name;
    });
  }
}

/**
 * Least privilege, each path by its name:
 *
 * - a viewer sees outlines (names of keys, versions, times) and no value;
 * - a developer also sets new values, and reads none, on the paths that hold nothing but what people supply. A policy
 *   can't tell the keys of a path apart, so a path with a single generated password is not his to write;
 * - an owner reads, writes and deletes what belongs to the applications; what the platform keeps for the environment is
 *   the operators'.
 */
export function peopleRules(
  kind: PeopleOf,
  { environment, secrets, kept }: Pick<EnvironmentPeopleProps, "environment" | "secrets" | "kept">,
): readonly VaultRule[] {
  const mount = vaultNames.mount;
  const paths = pathsOf(secrets);
  const names = secretRules(mount, ["list"], [vaultNames.environment(environment, "")]);
  const values = {
    viewer: [],
    developer: secretRules(mount, ["write"], pathsOf(secrets.filter(isSupplied))),
    owner: secretRules(mount, ["read", "write", "delete"], paths),
  };
  const outlines = secretRules(mount, ["look"], pathsOf([...secrets, ...kept]));
  return [...names, ...outlines, ...values[kind], ...OWN_TOKEN];
}

function pathsOf(secrets: readonly SecretDeclaration[]): readonly string[] {
  return secrets.map(({ path }) => path).sort(compareTexts);
}

/** Whether people supply all that a path holds. */
function isSupplied({ keys }: SecretDeclaration): boolean {
  return Object.values(keys).every(({ kind }) => kind === "supplied");
}
