import { readersOf } from "../../../../constructs/vault/readers";
import { makeAccounts } from "../vault-accounts";
import { unexpected } from "../vault-logins";
import type { Example } from "./example";

/** The clusters read what is theirs. */
export function readerTests(example: Example): void {
  const { platform } = example;

  test("lets every reader of both clusters read its own paths, and nothing else", async () => {
    // What a cluster's own stacks would have made: namespaces and the accounts that read secrets.
    for (const { reader } of readersOf(platform.declarations.secrets)) {
      await makeAccounts(platform.cluster(reader.cluster), reader.namespace, [reader.serviceAccount]);
    }
    await example.expectLogins();
  });

  test("has its proof of the readers notice a policy that somebody widened, and the program narrow it again", async () => {
    const policy = 'path "secret/data/*" { capabilities = ["read"] }';
    const name = "platform-casdoor-secret-reader";
    const widened = await platform.ask({
      method: "PUT",
      path: `sys/policies/acl/${name}`,
      token: platform.rootToken,
      body: { policy },
    });
    expect(widened.status).toBe(204);
    const wrong = unexpected(await example.provedLogins()).filter(({ got }) => got === "allowed");
    expect(new Set(wrong.map(({ reader }) => reader))).toEqual(new Set([name]));
    const foreign = platform.declarations.secrets.filter(({ readers }) =>
      readers.every(({ namespace }) => namespace !== "casdoor"),
    );
    expect(foreign.length).toBeGreaterThanOrEqual(6);
    expect(wrong).toHaveLength(foreign.length);
    expect(await example.plan("l2-secrets-platform")).toContain("1 to change");
    expect(await example.apply("l2-secrets-platform")).toBe("applied");
    await example.expectLogins();
  });
}
