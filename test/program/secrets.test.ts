import { isJsonObject, type Json } from "../../constructs/core/json";
import { slug } from "../../constructs/core/names";
import { declarations } from "../../constructs/core/secrets";
import { blocks } from "../../constructs/core/synth/stack-json";
import { loadExample, type Synthesized, synthesize } from "../helpers/examples";
import { at, list, objectsIn, type Release, releasesOf, texts } from "../helpers/releases";

/** A Kubernetes secret, with the key that is meant where one is named. */
interface Used {
  readonly secret: string;
  readonly key?: string;
  readonly by: string;
}

const id = (release: Pick<Release, "cluster" | "namespace">, name: string) =>
  `${release.cluster}/${release.namespace}/${name}`;

describe.each(["acme", "minimal"] as const)("in examples/%s", (example) => {
  const program = synthesize(loadExample(example));
  const releases = releasesOf(program.stacks);
  const declared = declarations(program.context.app);
  const paths = new Map(declared.secrets.map((secret) => [secret.path, secret]));
  const external = releases.flatMap((release) =>
    release.objects.filter(({ kind }) => kind === "ExternalSecret").map((object) => ({ release, ...object })),
  );
  const fromVault = external.flatMap(({ release, name, json }) =>
    list(at(json, "spec", "dataFrom"))
      .map((source) => at(source, "extract", "key"))
      .filter((path): path is string => typeof path === "string")
      .map((path) => ({ release, name, json, path })),
  );

  test("what is delivered from Vault stands at declared paths, and is made of keys that they have", () => {
    expect(fromVault.length).toBeGreaterThan(5);
    for (const { release, name, json, path } of fromVault) {
      const keys = Object.keys(paths.get(path)?.keys ?? {});
      const named = templates(json).flatMap(keysOf);
      const missing = named.filter((key) => !keys.includes(key));
      expect(named).not.toEqual([]);
      expect({ secret: id(release, name), path, declared: keys.length > 0, missing }).toMatchObject({
        declared: true,
        missing: [],
      });
    }
  });

  test("what is made up in the cluster is made of what its generator gives", () => {
    for (const { json } of external.filter(({ name }) => !fromVault.some((each) => each.name === name))) {
      const [source] = list(at(json, "spec", "dataFrom"));
      expect(at(source, "sourceRef", "generatorRef", "kind")).toBe("Password");
      expect(new Set(templates(json).flatMap(keysOf))).toEqual(new Set(["password"]));
    }
  });

  test("every delivery logs in as its own namespace's reader, whose policy covers what it reads", () => {
    const policies = policiesOf(program);
    const roles = rolesOf(program);
    for (const { release, name, json, path } of fromVault) {
      const here = releases.filter(
        (other) => other.cluster === release.cluster && other.namespace === release.namespace,
      );
      const objects = here.flatMap((other) => other.objects);
      const store = objects.find(
        (object) => object.kind === "SecretStore" && object.name === at(json, "spec", "secretStoreRef", "name"),
      );
      const login = at(store?.json, "spec", "provider", "vault", "auth", "kubernetes");
      const account = at(login, "serviceAccountRef", "name");
      const role = roles.find((each) => each.backend === at(login, "mountPath") && each.name === at(login, "role"));
      expect(objects.some((object) => object.kind === "ServiceAccount" && object.name === account)).toBe(true);
      expect({ secret: id(release, name), role }).toMatchObject({
        role: { backend: `kubernetes-${release.cluster}`, accounts: [account], namespaces: [release.namespace] },
      });
      expect(texts(at(login, "serviceAccountRef", "audiences"))).toContain(role?.audience);
      expect(policies.get(role?.policy ?? "")).toContain(`secret/data/${path} read`);
    }
  });

  test("a policy covers what is declared for its reader, the reader's own token, and nothing else", () => {
    const policies = policiesOf(program);
    const readers = new Map<string, string[]>();
    for (const { path, readers: all } of declared.secrets) {
      for (const { cluster, namespace, serviceAccount } of all) {
        const name = `${slug(cluster)}-${namespace}-${serviceAccount}`;
        readers.set(name, [...(readers.get(name) ?? []), `secret/data/${path} read`]);
      }
    }
    // External Secrets finds a store valid only when it may look its token up.
    const own = ["auth/token/lookup-self read", "auth/token/revoke-self update"];
    // The policies of people and of machines that deploy are those of people.test.ts.
    const ofReaders = [...policies].filter(([name]) => name.endsWith("-secret-reader"));
    expect(new Map(ofReaders.map(([name, rules]) => [name, [...rules].sort()]))).toEqual(
      new Map([...readers].map(([name, rules]) => [name, [...own, ...rules].sort()])),
    );
  });

  test("every role is used by a store of its namespace, or by a pod that logs in itself", () => {
    const logins = releases.flatMap((release) =>
      release.objects.flatMap(({ kind, json }) =>
        kind === "SecretStore"
          ? [at(json, "spec", "provider", "vault", "auth", "kubernetes", "role")]
          : [...JSON.stringify(json).matchAll(/ role=([a-z0-9-]+) /g)].map(([, role]) => role),
      ),
    );
    expect(
      rolesOf(program)
        .map((role) => role.name)
        .filter((name) => !logins.includes(name)),
    ).toEqual([]);
  });

  test("every secret that something uses is brought by something, with the key that is used", () => {
    const brought = broughtBy(releases, program);
    const used = releases.flatMap((release) => usesOf(release));
    expect(used.length).toBeGreaterThan(20);
    const lacking = used.filter(({ secret, key }) => {
      const keys = brought.get(secret);
      return keys === undefined || (key !== undefined && !keys.includes(key));
    });
    expect(lacking).toEqual([]);
  });

  test("nothing is delivered that nobody uses", () => {
    const used = new Set(releases.flatMap(usesOf).map(({ secret }) => secret));
    const idle = external.map(({ release, name }) => id(release, name)).filter((secret) => !used.has(secret));
    expect(idle).toEqual([]);
  });

  test("a setting that speaks of a secret is one that these tests know", () => {
    const unknown = releases.flatMap((release) =>
      objectsIn(release.values).flatMap(({ path, object }) =>
        (path.endsWith("template.data") ? [] : Object.entries(object))
          .filter(([key, value]) => /secret/i.test(key) && typeof value !== "boolean" && !KNOWN.has(key))
          // A variable may have any name: what it is filled from is looked at above.
          .filter(([, value]) => at(value, "secretKeyRef", "key") === undefined)
          .map(([key]) => `${id(release, release.name)} ${path}.${key}`),
      ),
    );
    expect(unknown).toEqual([]);
  });
});

/** Keys under which charts and objects name secrets, or what has to do with them. */
const KNOWN = new Set([
  ...["secretKeyRef", "secretName", "secret", "passwordSecret", "caProvider", "apiTokenSecretRef", "existingSecret"],
  ...["usersExistingSecret", "secretAccessKey", "configFromSecret", "envFromSecret", "caSecret", "privateKeySecretRef"],
  // Who delivers, and from where.
  ...["secretStoreRef"],
]);

/** Templates of an ExternalSecret. */
function templates(json: Json): string[] {
  const data = at(json, "spec", "target", "template", "data");
  return isJsonObject(data) ? Object.values(data).map(String) : [];
}

/** Keys that a template names, as in `{{ .postgres_user | urlquery }}`. */
function keysOf(template: string): string[] {
  return [...template.matchAll(/\{\{(.*?)\}\}/gs)].flatMap(([, inner = ""]) =>
    [...inner.matchAll(/(?<![\w)])\.(\w+)/g)].map(([, key = ""]) => key),
  );
}

/** What each policy allows, as `path capability`. */
function policiesOf({ stacks }: Synthesized): Map<string, readonly string[]> {
  return new Map(
    stacks.flatMap((stack) =>
      blocks(stack, "resource")
        .filter(({ type }) => type === "vault_policy")
        .map(({ body }) => {
          const rules = String(body.policy).matchAll(/path "([^"]+)" \{\s+capabilities = \["(\w+)"\]\s+\}/g);
          return [String(body.name), [...rules].map(([, path, capability]) => `${path} ${capability}`)] as const;
        }),
    ),
  );
}

function rolesOf({ stacks }: Synthesized) {
  return stacks.flatMap((stack) => {
    const resources = blocks(stack, "resource");
    return resources
      .filter(({ type }) => type === "vault_kubernetes_auth_backend_role")
      .map(({ body }) => {
        const [reference = ""] = texts(body.token_policies);
        const policy = resources.find(({ type, name }) => reference === `\${${type}.${name}.name}`);
        return {
          name: body.role_name,
          backend: body.backend,
          accounts: body.bound_service_account_names,
          namespaces: body.bound_service_account_namespaces,
          audience: String(body.audience),
          policy: String(policy?.body.name),
        };
      });
  });
}

/** Every secret that is there once the program is applied, with its keys. */
function broughtBy(releases: readonly Release[], program: Synthesized): Map<string, readonly string[]> {
  const { bootstrap, secrets } = declarations(program.context.app);
  const brought = new Map<string, readonly string[]>(
    bootstrap.map(({ cluster, namespace, name, keys }) => [`${slug(cluster)}/${namespace}/${name}`, Object.keys(keys)]),
  );
  for (const release of releases) {
    for (const { kind, name, json } of release.objects) {
      if (kind === "ExternalSecret") brought.set(id(release, name), deliveredKeys(json, secrets));
      if (kind === "Certificate") {
        brought.set(id(release, String(at(json, "spec", "secretName"))), ["tls.crt", "tls.key", "ca.crt"]);
      }
      // The operator makes the CA of each PostgreSQL cluster, cert-manager the key of an ACME account.
      if (apiGroup(json) === "postgresql.cnpg.io" && kind === "Cluster")
        brought.set(id(release, `${name}-ca`), ["ca.crt"]);
      const account = at(json, "spec", "acme", "privateKeySecretRef", "name");
      if (kind === "ClusterIssuer" && account !== undefined) brought.set(id(release, String(account)), []);
    }
  }
  return brought;
}

function apiGroup(json: Json): string {
  return String(at(json, "apiVersion")).split("/")[0] ?? "";
}

function deliveredKeys(json: Json, secrets: ReturnType<typeof declarations>["secrets"]): readonly string[] {
  const data = at(json, "spec", "target", "template", "data");
  if (isJsonObject(data)) return Object.keys(data);
  const [source] = list(at(json, "spec", "dataFrom"));
  return Object.keys(secrets.find(({ path }) => path === at(source, "extract", "key"))?.keys ?? {});
}

/** Every secret that a release refers to. */
function usesOf(release: Release): Used[] {
  const uses: Used[] = [];
  for (const { path, object } of objectsIn(release.values)) {
    const add = (name: Json | undefined, keys: readonly (Json | undefined)[] = [undefined]) => {
      if (typeof name !== "string") return;
      for (const key of keys) {
        const by = `${id(release, release.name)} ${path}`;
        uses.push({ secret: id(release, name), by, ...(typeof key === "string" ? { key } : {}) });
      }
    };
    // Containers, in objects and in charts.
    add(at(object, "secretKeyRef", "name"), [at(object, "secretKeyRef", "key")]);
    add(at(object, "secretRef", "name"));
    const items = list(at(object, "secret", "items")).map((item) => item.key);
    add(at(object, "secret", "secretName"), items.length > 0 ? items : undefined);
    // Objects of the operators.
    add(at(object, "passwordSecret", "name"), ["username", "password"]);
    add(at(object, "initdb", "secret", "name"), ["username", "password"]);
    add(at(object, "caProvider", "name"), [at(object, "caProvider", "key")]);
    for (const half of ["accessKeyId", "secretAccessKey"]) {
      add(at(object, "s3Credentials", half, "name"), [at(object, "s3Credentials", half, "key")]);
    }
    add(at(object, "apiTokenSecretRef", "name"), [at(object, "apiTokenSecretRef", "key")]);
    add(at(object, "tls", "secretName"), ["tls.crt", "tls.key"]);
    add(at(object, "ca", "secretName"), ["tls.crt", "tls.key"]);
    for (const root of list(object.rootCAs)) add(root.secret, ["ca.crt"]);
    // Charts.
    for (const variable of list(object.envFromSecret)) add(variable.secretName, [variable.key]);
    add(object.configFromSecret, ["app.conf"]);
    if (object.usersExistingSecret !== undefined) {
      const users = isJsonObject(object.aclUsers) ? Object.values(object.aclUsers) : [];
      add(
        object.usersExistingSecret,
        users.map((user) => at(user, "passwordKey")),
      );
    }
    if (release.chart === "oauth2-proxy") {
      const sessions =
        object.passwordKey === undefined ? ["client-id", "client-secret", "cookie-secret"] : [object.passwordKey];
      add(object.existingSecret, sessions);
    }
    if (release.chart === "vault") {
      for (const volume of list(object.extraVolumes)) add(volume.name, ["tls.crt", "tls.key", "ca.crt"]);
    }
  }
  return uses;
}
