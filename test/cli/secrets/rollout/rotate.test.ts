import { type RotateOptions, secretsRotate } from "../../../../cli/secrets/rotate";
import { FakeVault } from "../../support/fake-vault";
import { writeProgram } from "../../support/program";
import { fakeSession } from "../../support/session";
import type { FakeKubernetes } from "./support/fake-kubernetes";
import { deployed, OPENPANEL, PATH, reachOf, rollout } from "./support/platform";

const BEFORE = { postgres_password: "p1", clickhouse_password: "c1", redis_password: "r1" };

let vault: FakeVault;
let cluster: FakeKubernetes;

beforeEach(async () => {
  vault = await FakeVault.start();
  vault.put(PATH, BEFORE);
  cluster = deployed(BEFORE);
  // Whatever stands in Vault is what the operator delivers.
  vault.onWrite = () => {
    const data = vault.secrets.get(PATH)?.data ?? {};
    cluster.vault.set(PATH, Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)])));
  };
});
afterEach(() => vault.stop());

async function rotate(
  options: Partial<RotateOptions> = {},
  clusters: Parameters<typeof reachOf>[0] = { platform: cluster },
) {
  const { session, lines } = fakeSession({ env: vault.env });
  const dir = writeProgram({ secrets: [OPENPANEL] });
  const all = { dir, supply: [], rollout: true, timeout: 60, ...options };
  const code = await secretsRotate(session, { path: PATH, key: "postgres_password" }, all, reachOf(clusters));
  const outcome = { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
  for (const value of vault.values()) expect(outcome.out + outcome.err).not.toContain(value);
  return outcome;
}

const delivered = (namespace: string, name: string) => cluster.get("secret", namespace, name).data?.VALUE;
const password = () => String(vault.secrets.get(PATH)?.data?.postgres_password);

describe("strata secrets rotate", () => {
  it("brings the new value to the database and to the application", async () => {
    const before = cluster.pods("openpanel-staging");
    const { code, out } = await rotate();
    expect(code).toBe(0);
    expect(out).toContain("staging/openpanel: rotated postgres_password; version 2.");
    expect(password()).not.toBe("p1");
    expect(delivered("data-staging", "postgresql-openpanel")).toBe(password());
    expect(delivered("openpanel-staging", "openpanel-stores")).toBe(`${password()} c1`);
    const api = Object.entries(cluster.pods("openpanel-staging")).filter(([name]) => name.startsWith("op-api"));
    expect(api).toHaveLength(2);
    for (const [name, uid] of api) expect(before[name]).not.toBe(uid);
  });

  it("ends with 1, tells the version that Vault has now and how to finish, when a pod hangs", async () => {
    cluster.hanging.add("op-api");
    const { code, out, err } = await rotate();
    expect(code).toBe(1);
    expect(out).toContain("version 2");
    expect(err).toContain(
      "Vault has version 2 of staging/openpanel, and not everything that uses it has those values yet.",
    );
    expect(err).toContain("strata secrets rollout staging/openpanel");
    cluster.hanging.clear();
    for (const name of Object.keys(cluster.pods("openpanel-staging"))) {
      cluster.get("pod", "openpanel-staging", name).status.conditions = [{ type: "Ready", status: "True" }];
    }
    expect((await rollout(reachOf({ platform: cluster }))).code).toBe(0);
    expect(vault.secrets.get(PATH)?.version).toBe(2);
  });

  it("tells the same in JSON", async () => {
    cluster.intercept = () => ({ status: 403, body: { message: "forbidden" } });
    const { code, out, err } = await rotate({ json: true });
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      version: 2,
      previous: 1,
      rotated: ["postgres_password"],
      rollout: { refreshed: [], settled: [], absent: [] },
      problems: [{ problem: expect.stringContaining("forbidden") }, { where: "platform: openpanel-staging" }],
    });
  });

  it("changes Vault alone with --no-rollout, and says what is left", async () => {
    const { code, err } = await rotate({ rollout: false });
    expect(code).toBe(0);
    expect(cluster.requests).toEqual([]);
    expect(err).toContain("platform: data-staging/secret-reader");
    expect(err).toContain("strata secrets rollout");
  });

  it("shows with --dry-run only what another value of that key would restart", async () => {
    const { code, out } = await rotate({ dryRun: true });
    expect(code).toBe(2);
    expect(out).toContain("would rotate postgres_password");
    expect(out).toMatch(/openpanel-staging\/op-api\s+Deployment\s+restart/);
    expect(out).not.toMatch(/chi-0|data-staging\/redis\s/);
    expect(cluster.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
    expect(password()).toBe("p1");
  });

  it("needs no cluster before one was deployed", async () => {
    const { code, err } = await rotate({}, { platform: undefined });
    expect(code).toBe(0);
    expect(err).toContain("the cluster was never deployed");
  });

  it("rolls out what a run before it wrote, although there is nothing to change", async () => {
    const supplied = { ...OPENPANEL, keys: { postgres_password: { kind: "supplied", description: "" } as const } };
    vault.put(PATH, { ...BEFORE, postgres_password: "of-a-person" });
    vault.onWrite(PATH);
    const { session, lines } = fakeSession({ env: { ...vault.env, NEW: "of-a-person" } });
    const dir = writeProgram({ secrets: [supplied] });
    const options = { dir, supply: [`${PATH}:postgres_password=env:NEW`], rollout: true, timeout: 60 };
    expect(await secretsRotate(session, { path: PATH }, options, reachOf({ platform: cluster }))).toBe(0);
    expect(lines.out.join("\n")).toContain("nothing to change");
    expect(delivered("data-staging", "postgresql-openpanel")).toBe("of-a-person");
  });
});
