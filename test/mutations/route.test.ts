import { describeWithPrograms } from "../live/support/programs";
import { mutationTests } from "../live/support/route/mutations";
import { choiceOf } from "../live/support/route/mutations/choice";
import { PROGRAMS, World } from "../live/support/route/world";

jest.setTimeout(600_000);

const choice = choiceOf(process.env);

/** Two clusters have every row and every middleware that the examples render. */
describeWithPrograms("mutations of the rendered routes", PROGRAMS, () => {
  describe.each([
    { name: "the central cluster", cluster: "platform" },
    { name: "a cluster of one environment", cluster: "prod" },
  ])("$name", ({ cluster }) => {
    const world = new World("acme", cluster);
    beforeAll(() => world.start());
    afterAll(() => world.stop());
    mutationTests(world, choice);
  });
});
