import { describeWithPrograms } from "./support/programs";
import { mutationTests } from "./support/route/mutations";
import { PROGRAMS, World } from "./support/route/world";

jest.setTimeout(120_000);

/** `STRATA_MUTATIONS=all` tries every edit, another number so many of them. */
const { STRATA_MUTATIONS: wanted = "300", STRATA_MUTATION_SEED: seed = "1" } = process.env;

describeWithPrograms("mutations of the rendered routes", PROGRAMS, () => {
  const world = new World("acme", "platform");
  beforeAll(() => world.start());
  afterAll(() => world.stop());
  mutationTests(world, { seed: Number(seed), ...(wanted !== "all" && { count: Number(wanted) }) });
});
