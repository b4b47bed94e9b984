import { groupClaimValue, type IdentityProvider } from "../../core/identity";
import { GRAFANA_ROLES, type GrafanaGroups } from "./roles";

/**
 * The expression by which Grafana finds a role among somebody's groups. Who is in none of them has none, and may not sign
 * on. `Admin` administers what Grafana holds, not the server: no group makes a server administrator.
 *
 * @see https://jmespath.org/specification.html
 */
export function roleExpression(groups: GrafanaGroups, provider: IdentityProvider, claim: string): string {
  return GRAFANA_ROLES.flatMap((role) =>
    Object.keys(groups)
      .filter((group) => groups[group] === role)
      .sort()
      .map((group) => `contains(${claim}[*], '${groupClaimValue(provider, group)}') && '${role}'`),
  ).join(" || ");
}
