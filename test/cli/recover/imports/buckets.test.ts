import { TestProgram } from "../support/program";
import { World } from "../support/world";

// Each run starts a shell for every state.
jest.setTimeout(60_000);

const world = new World();
beforeEach(() => world.start());
afterEach(() => world.stop());

describe("strata recover", () => {
  describe("a bucket of a store", () => {
    const stack = "l1-backups-main";
    const store = { label: "acme-main-backups", cluster_id: 6, tier_id: 2 };
    const json = {
      resource: {
        vultr_object_storage: { store },
        vultr_object_storage_bucket: {
          bucket: { object_storage_id: "${vultr_object_storage.store.id}", name: "acme-main-backups" },
        },
      },
    };
    const resources = { "vultr_object_storage.store": { id: "s1" } };
    const bucket = { "vultr_object_storage_bucket.bucket": { id: "s1_acme-main-backups" } };

    it("is not there before its store is", async () => {
      const program = new TestProgram({ [stack]: { json } });
      world.clouds.vultr = { "object-storage": [] };
      expect(await world.recover(program)).toMatchObject({ code: 0 });
      expect(program.imported).toBeUndefined();
    });

    it("that no state knows is named: the provider can't take it in", async () => {
      const program = new TestProgram({ [stack]: { json } });
      program.state(stack, resources);
      world.clouds.vultr = {
        "object-storage": [{ id: "s1", label: "acme-main-backups", cluster_id: 6 }],
        "object-storage/s1/bucket": [{ name: "acme-main-backups", date_created: "2026-11-20" }, { name: "another" }],
      };
      const { code, err } = await world.recover(program);
      expect(code).toBe(1);
      expect(err).toContain("s1_acme-main-backups exists, and the provider imports no buckets.");
      expect(err).toContain("Delete it in Vultr's console if it holds nothing.");
    });

    it("that the state knows is no namesake of itself", async () => {
      const program = new TestProgram({ [stack]: { json } });
      program.state(stack, { ...resources, ...bucket });
      world.clouds.vultr = {
        "object-storage": [{ id: "s1", label: "acme-main-backups", cluster_id: 6 }],
        "object-storage/s1/bucket": [{ name: "acme-main-backups" }],
      };
      expect(await world.recover(program)).toMatchObject({ code: 0 });
    });
  });
});
