import { custom } from "../../manifests";
import { EXTERNAL } from "../places";

/** Spec of a store that logs in to Vault with a role. */
export function store(role: string): object {
  return {
    provider: {
      vault: {
        server: "https://vault.vault.svc.cluster.local:8200",
        path: "secret",
        version: "v2",
        caProvider: { type: "Secret", name: "internal-tls", key: "ca.crt" },
        auth: {
          kubernetes: {
            mountPath: "kubernetes-playground",
            role,
            serviceAccountRef: {
              name: "secret-reader",
              audiences: ["vault", "https://kubernetes.default.svc.cluster.local"],
            },
          },
        },
      },
    },
  };
}

/** An ExternalSecret of everything at one path of Vault. */
export function external(name: string, storeName: string, template?: object): object {
  return custom(EXTERNAL, "ExternalSecret", name, {
    refreshInterval: "5m",
    secretStoreRef: { kind: "SecretStore", name: storeName },
    target: {
      name,
      creationPolicy: "Owner",
      template: {
        type: "kubernetes.io/basic-auth",
        metadata: { labels: { "cnpg.io/reload": "true" } },
        data: template,
      },
    },
    dataFrom: [{ extract: { key: "staging/openpanel" } }],
  });
}
