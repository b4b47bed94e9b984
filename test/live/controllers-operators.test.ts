import { becomes } from "./support/controllers/objects";
import { certManagerTests } from "./support/controllers/operators/cert-manager";
import { clickHouseTests } from "./support/controllers/operators/clickhouse";
import { cloudNativePgTests } from "./support/controllers/operators/cloudnative-pg";
import { externalSecretsTests } from "./support/controllers/operators/external-secrets";
import { World } from "./support/controllers/operators/world";

jest.setTimeout(120_000);

const world = new World();

beforeAll(() => world.start());
afterAll(() => world.stop());

// In this order: each finds what those before it left.
for (const define of [certManagerTests, externalSecretsTests, cloudNativePgTests, clickHouseTests]) define(world);

test("at the end nothing is said to be wrong, and the namespace can go", async () => {
  const { playground, objects } = world;
  await becomes(async () => playground.failures, []);
  await objects.remove("/api/v1/namespaces/data-staging");
  await becomes(() => objects.find("/api/v1/namespaces/data-staging"), undefined, 30_000);
  await becomes(async () => playground.failures, []);
});
