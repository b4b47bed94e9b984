import { rmSync } from "node:fs";
import path from "node:path";
import { secretsBootstrap } from "../../../cli/secrets/bootstrap";
import { FAKE_TOKENS } from "../../../sandbox/run/environment";
import { loadPlatform } from "../../../schema/load";
import { clusterKeyId, terraformExceptions, tokenExceptions } from "../../canary/exceptions";
import { type Exception, judge } from "../../canary/judge";
import { ProcessWatch } from "../../canary/process-watch";
import { Scanner } from "../../canary/scan";
import type { Canary } from "../../canary/secret";
import { SimulatedPlatform } from "../../canary/simulated-platform";
import { vaultCanaries, withoutValue } from "../../canary/vault-values";
import { FakeApiServer } from "../../cli/support/fake-api-server";
import { FakeVault, TOKEN } from "../../cli/support/fake-vault";
import { fakeSession } from "../../cli/support/session";
import { describeWithTerraform, temporaryFolder } from "../support";

jest.setTimeout(10 * 60_000);

/** What the user of the commands has in the environment. */
const USER_TOKENS = {
  VULTR_API_KEY: "CANARY9VULTR9KEY9OF9THE9USER9",
  CLOUDFLARE_API_TOKEN: "canary9cloudflare9token9of9the9user9xyz",
  CLOUDFLARE_DNS_API_TOKEN: "canary9dns9token9of9the9user9",
  AWS_SECRET_ACCESS_KEY: "canary9state9bucket9key9of9the9user9",
} as const;
/** What somebody knew at synth and wrote into a release. */
const KNOWN_AT_SYNTH = "canary9known9at9synth9";

describeWithTerraform("canary", () => {
  const folder = temporaryFolder();
  const platform = new SimulatedPlatform(folder);
  const config = loadPlatform(path.join(platform.paths.root, "examples", "acme"));
  const secrets = new Map<string, Canary>();
  let vault: FakeVault;
  let temporary: string | undefined;

  const remember = (canaries: readonly Canary[]): void => {
    for (const canary of canaries) secrets.set(`${canary.id}\n${canary.value}`, canary);
  };
  const fromVault = (): readonly Canary[] =>
    vaultCanaries(platform.declarations(), (secret) => vault.secrets.get(secret)?.data ?? undefined);
  const sync = ["secrets", "sync", "--dir", platform.paths.out];
  const found = () => platform.scan(new Scanner(secrets.values()));

  beforeAll(async () => {
    vault = await FakeVault.start();
    // What runs in this process leaves its temporary files where they are looked at too.
    temporary = process.env.TMPDIR;
    process.env.TMPDIR = platform.temporary;
    remember(Object.entries(USER_TOKENS).map(([name, value]) => ({ id: `user:${name}`, value })));
    remember(Object.entries(FAKE_TOKENS).map(([name, value]) => ({ id: `sandbox:${name}`, value })));
    remember([
      { id: "user:VAULT_TOKEN", value: TOKEN },
      { id: "synth:STRATA_CANARY", value: KNOWN_AT_SYNTH },
    ]);
  });

  afterAll(async () => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    platform.stop();
    await vault.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("a platform is deployed whose secrets are all known", async () => {
    await platform.sandbox(USER_TOKENS);
    const supplied = platform
      .declarations()
      .secrets.flatMap(({ path: secret, keys }) =>
        Object.entries(keys).flatMap(([key, { kind }]) => (kind === "supplied" ? [`${secret}:${key}`] : [])),
      );
    const values = supplied.map((id, index) => ({ id, value: `canary9supplied9${index}9"<&+/\\%9` }));
    const files = values.map(({ id, value }, index) => `${id}=@${platform.valueFile(String(index), value)}`);
    const synced = await platform.strata(vault.env, ...sync, ...files.flatMap((each) => ["--supply", each]));
    expect(synced).toMatchObject({ code: 0 });
    remember(values);
    remember(fromVault());
    remember([...platform.clusterKeys()].map(([cluster, value]) => ({ id: clusterKeyId(cluster), value })));
    // A secret that has no value yet would be looked for in vain.
    expect(withoutValue(platform.declarations(), [...secrets.values()])).toEqual([]);
    expect([...secrets.values()].length).toBeGreaterThan(30);
  });

  test("its secrets are written into clusters, looked at, and rotated", async () => {
    const { secrets: declared, bootstrap } = platform.declarations();
    const server = await FakeApiServer.start([...new Set(bootstrap.map(({ namespace }) => namespace))]);
    const { session, lines } = fakeSession({ env: USER_TOKENS });
    const outputs = async () => server.outputs();
    expect(await secretsBootstrap(session, { dir: platform.paths.out }, { outputs })).toBe(0);
    platform.keep("output of strata secrets bootstrap", [...lines.out, ...lines.err].join("\n"));
    await server.stop();
    const command = (...args: string[]) =>
      platform.strata(vault.env, "secrets", ...args, "--dir", platform.paths.out, "--json");
    expect(await command("status")).toMatchObject({ code: 0 });
    const rotatable = declared.filter(({ keys }) =>
      Object.values(keys).some((key) => key.kind === "generated" && key.permanent === undefined),
    );
    expect(rotatable.length).toBeGreaterThan(5);
    // The simulated clusters reach nothing, so there is nothing to bring new values to.
    const rotate = (secret: string, ...args: string[]) => command("rotate", secret, "--no-rollout", ...args);
    expect(await rotate(rotatable[0]?.path ?? "", "--dry-run")).toMatchObject({ code: 2 });
    for (const { path: secret } of rotatable) {
      const before = vault.secrets.get(secret)?.version ?? 0;
      expect(await rotate(secret)).toMatchObject({ code: 0 });
      expect({ secret, version: vault.secrets.get(secret)?.version }).toEqual({ secret, version: before + 1 });
    }
    remember(fromVault());
    // The environment is deployed: it refuses, with a message.
    expect(await command("purge", "staging", "--dry-run")).toMatchObject({ code: 1 });
    expect(await platform.strata(vault.env, ...sync)).toMatchObject({ code: 0 });
  });

  const tokens: readonly Exception[] = [
    ...tokenExceptions(Object.keys(FAKE_TOKENS), "sandbox"),
    // Only a system that tells what processes are started with shows the environment of every one.
    ...(ProcessWatch.works ? tokenExceptions([...Object.keys(USER_TOKENS), "VAULT_TOKEN"], "user") : []),
  ];
  const exceptions: readonly Exception[] = [...terraformExceptions(config), ...tokens];

  test("after deploying, planning again and rotating, every secret is at its listed places only", async () => {
    await platform.sandbox(USER_TOKENS);
    await platform.plan();
    expect(judge(found(), exceptions)).toEqual({ leaks: [], idle: [] });
  });

  test("after everything is destroyed, no secret is left", async () => {
    await platform.sandbox(USER_TOKENS, "--destroy");
    const purge = ["secrets", "purge", "staging", "--yes", "staging", "--dir", platform.paths.out];
    expect(await platform.strata(vault.env, ...purge)).toMatchObject({ code: 0 });
    platform.deletePlans();
    expect(judge(found(), tokens)).toEqual({ leaks: [], idle: [] });
  });

  test("constructs that are changed to leak are found, and nothing else", async () => {
    await platform.deployLeaks({ STRATA_CANARY: KNOWN_AT_SYNTH });
    await platform.plan();
    const { leaks } = judge(found(), [...exceptions, ...tokenExceptions(["STRATA_CANARY"], "synth")]);
    // Ids of resources end in a hash, and where in a file something stands is not of interest.
    const leaking = leaks.map((leak) => leak.replace(/ at byte \d+$/, "").replaceAll(/_[0-9A-F]{8}\b/g, ""));
    expect([...leaking].sort()).toEqual([
      // In a setting of a release. Terraform shows it while it deploys: what is read of another state is not sensitive.
      "cluster platform:client_key (base64) in logs/deploy.log",
      ...places("cluster platform:client_key (base64)", "l2-base-platform", "helm_release.vault_chart_release"),
      // As an output.
      ...places("cluster prod:client_key (base64)", "l2-base-prod", "output.leaked_key"),
      // In the values of a release.
      `synth:STRATA_CANARY (plain) in cdktf.out/stacks/l2-base-prod/cdk.tf.json#resource.${CERT_MANAGER}`,
      "synth:STRATA_CANARY (plain) in logs/deploy.log",
      ...places(
        "synth:STRATA_CANARY (plain)",
        "l2-base-prod",
        CERT_MANAGER,
        `!tfconfig/m-/cdk.tf.json#resource.${CERT_MANAGER}`,
      ),
    ]);
  });
});

const CERT_MANAGER = "helm_release.cert-manager_chart_release";

/** Where a secret is found that stands in a part of a stack, in order. */
function places(secret: string, stack: string, address: string, ...more: readonly string[]): readonly string[] {
  const inPlan = [...more, "!tfplan", `!tfstate#${address}`, `!tfstate-prev#${address}`];
  return [
    `plans/${stack}.json#${address}`,
    ...inPlan.map((part) => `plans/${stack}.tfplan${part}`),
    `state/${stack}.tfstate#${address}`,
  ].map((place) => `${secret} in ${place}`);
}
