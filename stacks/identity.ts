import { casdoorProvider } from "../constructs/components/casdoor";
import type { IdentityProvider } from "../constructs/core/identity";
import { slug } from "../constructs/core/names";
import type { Platform } from "../schema/model";

/** The organisation's identity provider, as everybody who is a client of it states it. */
export function identityProvider({ domains, organisation, central, identity }: Platform): IdentityProvider {
  return casdoorProvider({
    cluster: central,
    host: `sso.${domains.internal}`,
    organisation: slug(organisation),
    domains: [...new Set([domains.public, domains.internal])],
    github: identity.github,
  });
}
