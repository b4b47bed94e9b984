import { crashTests } from "./support/controllers/kubernetes/crashes";
import { deletionTests } from "./support/controllers/kubernetes/deletions";
import { loadBalancerTests } from "./support/controllers/kubernetes/load-balancers";
import { podTests } from "./support/controllers/kubernetes/pods";
import { volumeTests } from "./support/controllers/kubernetes/volumes";
import { becomes } from "./support/controllers/objects";
import { Playground } from "./support/controllers/playground";

jest.setTimeout(120_000);

const playground = new Playground();

beforeAll(async () => {
  await playground.start();
  await playground.namespace("team");
});
afterAll(() => playground.stop());

// In this order: the last of them needs what others left.
for (const define of [loadBalancerTests, volumeTests, podTests, deletionTests, crashTests]) define(playground);

test("a namespace with all of it goes without being held up", async () => {
  const { objects } = playground;
  await objects.remove("/api/v1/namespaces/team");
  await becomes(() => objects.find("/api/v1/namespaces/team"), undefined, 30_000);
  await becomes(() => objects.names("/api/v1/persistentvolumes"), []);
  await becomes(async () => playground.failures, []);
});
