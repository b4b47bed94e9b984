import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { Password } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import type { ManifestObject } from "../../kubernetes/manifest-set";

/** The secret that the operator's configuration names: the chart calls it like the release's objects. */
export const CREDENTIALS = "clickhouse-operator";

/**
 * User and password of the operator on every server, made up once in the cluster by External Secrets; they never leave
 * it. Servers let the user in from the operator's own address only.
 *
 * @see https://external-secrets.io/latest/api/generator/password/
 */
export function credentials(namespace: string): ManifestObject[] {
  return [
    new Password({
      metadata: { name: CREDENTIALS, namespace },
      spec: { length: 40, digits: 10, symbols: 0, noUpper: false, allowRepeat: true },
    }),
    new ExternalSecret({
      metadata: { name: CREDENTIALS, namespace },
      spec: {
        // Made once: the operator reads it when it starts.
        refreshPolicy: "CreatedOnce",
        target: {
          name: CREDENTIALS,
          creationPolicy: "Orphan",
          template: {
            engineVersion: "v2",
            data: { username: "clickhouse_operator", password: "{{ .password }}" },
          },
        },
        dataFrom: [
          {
            sourceRef: {
              generatorRef: {
                apiVersion: "generators.external-secrets.io/v1alpha1",
                kind: "Password",
                name: CREDENTIALS,
              },
            },
          },
        ],
      },
    }),
  ];
}
