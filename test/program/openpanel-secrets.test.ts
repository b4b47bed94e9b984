import { declarations, type SecretKey } from "../../constructs/core/secrets";
import { loadExample, synthesize } from "../helpers/examples";

const program = synthesize(loadExample("acme"));
const { secrets } = declarations(program.context.app);

function keysOf(path: string): Readonly<Record<string, SecretKey>> {
  const secret = secrets.find((declared) => declared.path === path);
  if (secret === undefined) throw new Error(`${path} is not declared`);
  return secret.keys;
}

const fixed = (value: string) => ({ kind: "fixed", value });
const password = { kind: "generated", rule: { alphabet: "url-safe", length: 32 } };

/** Nothing answers there; the keys are the seed's. */
const RESERVED = { reserved: "OpenPanel has no SAML" };

/** What seed 000 stores for OpenPanel, with the database that OpenPanel's migrations really use. */
const SEED = (environment: string) => ({
  postgres_host: fixed(`postgresql.data-${environment}.svc.cluster.local`),
  postgres_port: fixed("5432"),
  postgres_user: fixed("openpanel"),
  postgres_password: password,
  postgres_database: fixed("openpanel"),
  redis_host: fixed(`redis-master.data-${environment}.svc.cluster.local`),
  redis_port: fixed("6379"),
  redis_password: password,
  clickhouse_host: fixed(`clickhouse.data-${environment}.svc.cluster.local`),
  clickhouse_port: fixed("9000"),
  clickhouse_user: fixed("openpanel"),
  clickhouse_password: password,
  clickhouse_database: fixed("openpanel"),
  saml_idp_entity_id: { ...fixed("https://sso.acme.example"), ...RESERVED },
  saml_idp_sso_url: { ...fixed("https://sso.acme.example/api/saml"), ...RESERVED },
  saml_idp_metadata: {
    ...fixed("https://sso.acme.example/api/saml/metadata?application=built-in/openpanel-saml"),
    ...RESERVED,
  },
});

describe.each(["staging", "prod"])("OpenPanel in %s", (environment) => {
  it("has every key of seed 000, and what it needs beyond", () => {
    expect(keysOf(`${environment}/openpanel`)).toEqual({
      ...SEED(environment),
      redis_user: fixed("openpanel"),
      clickhouse_http_port: fixed("8123"),
      clickhouse_migrator_user: fixed("openpanel_migrator"),
      clickhouse_migrator_password: password,
    });
  });

  it("has what only the application may read at a path of its own", () => {
    expect(keysOf(`${environment}/openpanel-runtime`)).toEqual({
      cookie_secret: { kind: "generated", rule: { alphabet: "url-safe", length: 64 } },
      // Whoever loses it loses what was encrypted with it.
      encryption_key: { kind: "generated", rule: { alphabet: "hex", length: 64 }, permanent: expect.any(String) },
    });
    const readers = secrets.find(({ path }) => path === `${environment}/openpanel-runtime`)?.readers;
    expect(readers?.map(({ namespace }) => namespace)).toEqual([`openpanel-${environment}`]);
  });
});

test("no environment names a host, a path or a reader of another one", () => {
  const of = (environment: string) => JSON.stringify(secrets.filter(({ path }) => path.startsWith(`${environment}/`)));
  expect(of("staging")).not.toContain("prod");
  expect(of("prod")).not.toContain("staging");
});
