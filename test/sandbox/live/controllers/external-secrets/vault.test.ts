import { FakeVault } from "../support/fake-vault";
import { eventually, settled } from "../support/view";
import { worldOfTests } from "./support/world";

const world = worldOfTests();

describe("without Vault", () => {
  test("secrets and stores say so, and are served as soon as it appears", async () => {
    await world.bench.stop();
    world.access = undefined;
    world.startBench();
    world.makeStore();
    world.makeSecret("login");
    await world.fails("login", "Vault is not there yet");
    await eventually(() =>
      expect(world.valid("vault")?.message).toBe("unable to validate store: Vault is not there yet"),
    );
    expect([...world.bench.problems].sort()).toEqual([
      "ExternalSecret team/login: Vault is not there yet",
      "SecretStore team/vault: Vault is not there yet",
    ]);
    world.access = world.vault.access;
    await eventually(
      () => expect([world.ready("login")?.status, world.valid("vault")?.status]).toEqual(["True", "True"]),
      1500,
    );
    await eventually(() => expect(world.bench.problems).toEqual([]));
  });

  test("what is there stays", async () => {
    world.makeStore();
    world.makeSecret("login");
    await world.becomesReady("login");
    await settled(world.bench);
    world.access = undefined;
    await world.fails("login", "Vault is not there yet");
    expect(world.values("login").user).toBe("openpanel");
  });

  test("one that is sealed, or does not answer, is told of", async () => {
    world.vault.sealed = true;
    world.makeStore();
    world.makeSecret("login");
    await world.fails("login", "login at auth/kubernetes-platform with role reader: Vault is sealed");
    world.access = { ...world.vault.access, address: "https://127.0.0.1:1" };
    await eventually(() => expect(world.ready("login")?.message).toMatch(/^Vault does not answer: .*ECONNREFUSED/));
  });

  test("one whose certificate is signed by somebody else is not trusted", async () => {
    const other = await FakeVault.start();
    world.access = { address: world.vault.access.address, ca: other.access.ca };
    world.makeStore();
    world.makeSecret("login");
    await eventually(() =>
      expect(world.ready("login")?.message).toMatch(/^Vault does not answer: .*(certificate|signature)/),
    );
    await other.stop();
  });
});
