import { credentials } from "../../../../../../constructs/components/clickhouse-operator/credentials";
import { custom, definition } from "../../manifests";
import { becomes } from "../../objects";
import { collectionOf, core, EXTERNAL } from "../places";
import type { World } from "../world";
import { external, store } from "./manifests";

const PASSWORD = "p@ss w/rd-of-the-test";
const secrets = collectionOf(EXTERNAL, "externalsecrets");
const stores = collectionOf(EXTERNAL, "secretstores");

/** Secrets before there is a Vault and after; it needs the secret `internal-tls` of the certificates. */
export function externalSecretsTests(world: World): void {
  describe("External Secrets", () => {
    test("as long as there is no Vault, stores and secrets say so", async () => {
      await world.define(
        definition(EXTERNAL, "SecretStore", "secretstores"),
        definition(EXTERNAL, "ExternalSecret", "externalsecrets"),
        definition("generators.external-secrets.io/v1alpha1", "Password", "passwords"),
      );
      await world.objects.make(`${core}/serviceaccounts`, {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: "secret-reader" },
      });
      await world.objects.make("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "token-review" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
        subjects: [{ kind: "ServiceAccount", name: "secret-reader", namespace: "data-staging" }],
      });
      await world.objects.make(stores, custom(EXTERNAL, "SecretStore", "vault", store("reader")));
      await world.objects.make(stores, custom(EXTERNAL, "SecretStore", "wrong", store("nobody")));
      const template = {
        username: "{{ .postgres_user }}",
        password: "{{ .postgres_password }}",
        URL: "postgresql://{{ .postgres_user | urlquery }}:{{ .postgres_password | urlquery }}@db",
        hash: "{{ .postgres_password | sha256sum }}",
      };
      await world.objects.make(secrets, external("database", "vault", template));
      const missing = "Vault is not there yet";
      await becomes(() => world.objects.condition(`${secrets}/database`), `False SecretSyncedError: ${missing}`);
      await becomes(
        () => world.objects.condition(`${stores}/vault`),
        `False InvalidProviderConfig: unable to validate store: ${missing}`,
      );
    });

    test("a password that is to be made up needs no Vault, and stays", async () => {
      for (const manifest of credentials("data-staging")) {
        const { apiVersion, kind } = manifest;
        await world.objects.make(
          collectionOf(apiVersion, kind === "Password" ? "passwords" : "externalsecrets"),
          manifest,
        );
      }
      await becomes(() => world.objects.condition(`${secrets}/clickhouse-operator`), expect.stringMatching(/^True/));
      const made = await world.objects.secret("data-staging", "clickhouse-operator");
      expect(made).toEqual({ username: "clickhouse_operator", password: expect.stringMatching(/^[A-Za-z0-9]{40}$/) });
      await world.objects.change(`${secrets}/clickhouse-operator`, { metadata: { labels: { touched: "yes" } } });
      await becomes(() => world.objects.value(`${secrets}/clickhouse-operator`, "metadata.labels.touched"), "yes");
      expect(await world.objects.secret("data-staging", "clickhouse-operator")).toEqual(made);
    });

    test("when Vault appears, the secret is delivered: logged in with its service account, rendered, owned", async () => {
      await world.startVault();
      await world.vault.admit("playground", world.playground.cluster.connection);
      await world.vault.letRead("playground", "reader", "data-staging", "staging/openpanel");
      await world.vault.write("staging/openpanel", { postgres_user: "openpanel", postgres_password: PASSWORD });
      world.playground.vault = world.vault.access;
      await becomes(() => world.objects.condition(`${secrets}/database`), "True SecretSynced: secret synced", 5000);
      await becomes(() => world.objects.condition(`${stores}/vault`), "True Valid: store validated");
      expect(await world.objects.secret("data-staging", "database")).toEqual({
        username: "openpanel",
        password: PASSWORD,
        URL: "postgresql://openpanel:p%40ss+w%2Frd-of-the-test@db",
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(await world.objects.find(`${core}/secrets/database`)).toMatchObject({
        type: "kubernetes.io/basic-auth",
        metadata: {
          labels: { "cnpg.io/reload": "true" },
          ownerReferences: [{ kind: "ExternalSecret", name: "database" }],
        },
      });
    });

    test("a role that does not exist is denied: the status says so and there is no secret", async () => {
      await world.objects.make(secrets, external("denied", "wrong"));
      const denied = expect.stringMatching(
        /^False SecretSyncedError: login at auth\/kubernetes-playground with role nobody: .*\(40[03]\)$/,
      );
      await becomes(() => world.objects.condition(`${secrets}/denied`), denied);
      expect(await world.objects.secret("data-staging", "denied")).toBeUndefined();
      await world.objects.remove(`${secrets}/denied`);
      await world.objects.remove(`${stores}/wrong`);
    });

    test("a path of somebody else is denied", async () => {
      await world.vault.write("prod/openpanel", { postgres_user: "other" });
      const spec = { secretStoreRef: { name: "vault" }, dataFrom: [{ extract: { key: "prod/openpanel" } }] };
      await world.objects.make(secrets, custom(EXTERNAL, "ExternalSecret", "foreign", spec));
      const denied = "False SecretSyncedError: reading secret/data/prod/openpanel: permission denied (403)";
      await becomes(() => world.objects.condition(`${secrets}/foreign`), denied);
      await world.objects.remove(`${secrets}/foreign`);
    });

    test("a change in Vault arrives by itself, and no token is left behind", async () => {
      await world.vault.write("staging/openpanel", { postgres_user: "openpanel", postgres_password: "rotated" });
      await becomes(async () => (await world.objects.secret("data-staging", "database"))?.password, "rotated", 13_000);
      await becomes(() => world.vault.tokens(), 0);
    });

    test("no value and no token is in what is said, told or written to a status", async () => {
      const told = JSON.stringify([
        world.playground.said,
        world.playground.failures,
        await world.objects.find(secrets),
      ]);
      for (const value of [PASSWORD, "rotated", "hvs."]) expect(told).not.toContain(value);
    });
  });
}
