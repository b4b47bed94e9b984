import { clickhouseSecrets } from "../../../../constructs/data/clickhouse";
import { OPENPANEL, problems, setting } from "./support/rendered";

test("every grant ends at the application's database, but for progress in system tables", () => {
  for (const user of ["openpanel", "openpanel_migrator"]) {
    for (const grant of setting(`${user}/grants/query`)) expect(grant).toMatch(/ ON (openpanel\.\*|system\.[a-z]+)$/);
  }
});

test("the running application can't change the schema", () => {
  expect(setting("openpanel/grants/query").join()).not.toMatch(/CREATE|DROP|TRUNCATE|ALTER(?! (UPDATE|DELETE))/);
});

test("the migrator can't drop the database", () => {
  expect(setting("openpanel_migrator/grants/query").join()).not.toMatch(/DROP DATABASE|\bALL\b/);
});

test("users log in from the pods' addresses only, and the default user from its own pod only", () => {
  expect(setting("openpanel/networks/ip")).toEqual(["10.244.0.0/16"]);
  expect(setting("openpanel_migrator/networks/ip")).toEqual(["10.244.0.0/16"]);
  expect(setting("default/networks/ip")).toEqual(["127.0.0.1", "::1"]);
});

test("the server knows hashes of passwords, from a secret", () => {
  expect(setting("openpanel/password_sha256_hex")).toEqual({
    valueFrom: { secretKeyRef: { name: "clickhouse-openpanel", key: "runtime_password_sha256_hex" } },
  });
  expect(JSON.stringify(clickhouseSecrets([OPENPANEL]))).toContain("{{ .clickhouse_password | sha256sum }}");
});

test("a name of the server's own is refused", () => {
  expect(problems({ databases: [{ ...OPENPANEL, name: "system" }] })).toEqual([
    expect.stringContaining("ClickHouse name is not allowed here"),
  ]);
});

test("one user for both roles is refused", () => {
  expect(problems({ databases: [{ ...OPENPANEL, migratorUser: "openpanel" }] })).toEqual([
    expect.stringContaining("two databases or users of one installation share a name"),
  ]);
});
