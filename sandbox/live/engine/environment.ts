import { mkdirSync } from "node:fs";
import path from "node:path";
import { inherited } from "../../run/environment";
import type { SandboxPaths } from "../../run/paths";

/** What the providers are let to reach. */
export interface ProviderEnvironment {
  readonly paths: SandboxPaths;
  /** The proxy that answers for chart repositories and refuses all else. */
  readonly proxy: string;
  readonly caFile: string;
}

/** The environment of the real Helm and Kubernetes providers: loopback is reached directly, all else by our proxy. */
export function providerEnvironment({ paths, proxy, caFile }: ProviderEnvironment): Record<string, string> {
  const helm = path.join(paths.home, "helm");
  mkdirSync(helm, { recursive: true });
  return {
    ...inherited(),
    HOME: paths.home,
    HELM_CACHE_HOME: path.join(helm, "cache"),
    HELM_CONFIG_HOME: path.join(helm, "config"),
    HELM_DATA_HOME: path.join(helm, "data"),
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NO_PROXY: "127.0.0.1,localhost,::1",
    SSL_CERT_FILE: caFile,
    CHECKPOINT_DISABLE: "1",
  };
}

/** The environment of the real Vault provider: where Vault is and who deploys. */
export function vaultEnvironment(
  base: Readonly<Record<string, string>>,
  vault: { readonly address: string; readonly caFile: string; readonly token: string },
): Record<string, string> {
  return { ...base, VAULT_ADDR: vault.address, VAULT_CACERT: vault.caFile, VAULT_TOKEN: vault.token };
}
