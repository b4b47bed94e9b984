import type { ProviderCall } from "../../sandbox/providers/observer";
import { subjectOf } from "../../sandbox/providers/observer";
import { describeWithTerraform, openWorkspace, removeFolders } from "./support";

jest.setTimeout(60_000);

const MOUNT = { vault_mount: { secret: { path: "secret", type: "kv" } } };

describeWithTerraform("watching the calls that Terraform makes", () => {
  afterAll(removeFolders);

  test("every call is told before it is worked on and before its answer is sent, with what it is about", async () => {
    const calls: (ProviderCall & { exists: boolean })[] = [];
    const space = await openWorkspace({
      onCall: (call) => void calls.push({ ...call, exists: (space?.providers.world.size ?? 0) > 0 }),
    });
    await space.apply({ required: ["vault"], provider: { vault: [{}] }, resource: MOUNT });
    space.stop();
    const applied = calls.filter(({ rpc }) => rpc === "ApplyResourceChange");
    expect(applied).toMatchObject([
      { provider: "hashicorp/vault", type: "vault_mount", subject: "secret", phase: "before", exists: false },
      { provider: "hashicorp/vault", type: "vault_mount", subject: "secret", phase: "after", exists: true },
    ]);
    expect(applied[0]?.number).toBe(applied[1]?.number);
    const before = calls.filter(({ phase }) => phase === "before");
    expect(before.map(({ number }) => number).sort((a, b) => a - b)).toEqual(before.map((_, index) => index + 1));
    expect(new Set(before.map(({ rpc }) => rpc))).toEqual(
      new Set([
        "GetProviderSchema",
        "ValidateProviderConfig",
        "ValidateResourceConfig",
        "ConfigureProvider",
        "PlanResourceChange",
        "ApplyResourceChange",
      ]),
    );
  });

  test("a call whose listener never answers is never answered: what was asked is done, and Terraform does not hear of it", async () => {
    let reached = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const space = await openWorkspace({
      onCall: ({ rpc, phase }) => {
        if (rpc !== "ApplyResourceChange" || phase === "before") return undefined;
        reached();
        return new Promise(() => undefined);
      },
    });
    const applied = space.apply({ required: ["vault"], provider: { vault: [{}] }, resource: MOUNT });
    await done;
    expect(space.providers.world.countByType()).toEqual({ vault_mount: 1 });
    space.terraform.processes.kill();
    await expect(applied).rejects.toThrow();
    expect(() => space.state("vault_mount.secret")).toThrow();
    space.stop();
  });
});

test.each([
  [{ metadata: [{ name: "default", namespace: "vault" }] }, "vault/default"],
  [{ metadata: [{ name: "vault" }] }, "vault"],
  [{ name: "traefik", namespace: "traefik", chart: "traefik" }, "traefik/traefik"],
  [{ type: "A", name: "vault.acme.example" }, "A/vault.acme.example"],
  [{ kind: "zone", phase: "http_ratelimit", name: "Limits" }, "http_ratelimit"],
  [{ setting_id: "ssl" }, "ssl"],
  [{ label: "platform", region: "fra" }, "platform"],
  [{ path: "secret", type: "kv" }, "secret"],
  [{ backend: "kubernetes", role_name: "reader" }, "kubernetes/reader"],
  [{ api_key: "x" }, ""],
])("%j is called %p", (values, subject) => {
  expect(subjectOf(values)).toBe(subject);
});
