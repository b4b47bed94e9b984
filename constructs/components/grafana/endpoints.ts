import type { IdentityEngineName, IdentityProvider } from "../../core/identity";

/** Where a provider serves what Grafana asks it; Grafana reads no discovery document. */
export interface ProviderEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string;
}

const ENDPOINTS: Readonly<Record<IdentityEngineName, (url: string) => ProviderEndpoints>> = {
  casdoor: (url) => ({
    authorization: `${url}/login/oauth/authorize`,
    token: `${url}/api/login/oauth/access_token`,
    userinfo: `${url}/api/userinfo`,
  }),
};

/** @see https://casdoor.org/docs/how-to-connect/oidc-client */
export function endpoints({ engine, url }: IdentityProvider): ProviderEndpoints {
  return ENDPOINTS[engine](url);
}
