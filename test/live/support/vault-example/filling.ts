import { CoreV1Api } from "@kubernetes/client-node";
import { writeBootstrapSecrets } from "../../../../sandbox/live/vault";
import { clusterClient } from "../service-account-tokens";
import type { Example } from "./example";

/** Secrets get their values once. */
export function fillingTests(example: Example): void {
  const { platform } = example;

  test("is filled by the sync, once", async () => {
    const keys = platform.declarations.secrets.reduce((sum, secret) => sum + Object.keys(secret.keys).length, 0);
    expect(await example.fill()).toEqual({ created: keys, kept: 0 });
    expect(await example.fill()).toEqual({ created: 0, kept: keys });
  });

  test("has what its clusters need before it, once", async () => {
    for (const connection of platform.clusters.values()) {
      const core = clusterClient(connection).makeApiClient(CoreV1Api);
      await core.createNamespace({ body: { metadata: { name: "cert-manager" } } });
    }
    expect(await writeBootstrapSecrets(example.access)).toEqual({ created: 2, kept: 0 });
    expect(await writeBootstrapSecrets(example.access)).toEqual({ created: 0, kept: 2 });
  });
}
