import { describeWithPrograms } from "./support/programs";
import { completenessTests } from "./support/route/completeness";
import { faultTests } from "./support/route/faults";
import { headerTests } from "./support/route/headers";
import { limitTests } from "./support/route/limits";
import { loginPageTests } from "./support/route/login-pages";
import { loginTests } from "./support/route/logins";
import { logTests } from "./support/route/logs";
import { missingTests } from "./support/route/missing";
import { pathTests } from "./support/route/paths";
import { rowTests } from "./support/route/rows";
import { tlsTests } from "./support/route/tls";
import { unavailableTests } from "./support/route/unavailable";
import { webSocketTests } from "./support/route/websockets";
import { PROGRAMS, World } from "./support/route/world";

jest.setTimeout(60_000);

/** Everything that is tried of a cluster's own rows. */
const OF_ROWS = [
  rowTests,
  headerTests,
  pathTests,
  loginTests,
  loginPageTests,
  webSocketTests,
  limitTests,
  missingTests,
  unavailableTests,
];

describeWithPrograms("route", PROGRAMS, () => {
  const central = new World("acme", "platform");
  const prod = new World("acme", "prod");

  describe.each([
    { name: "the central cluster", world: central, tests: [...OF_ROWS, tlsTests, faultTests, logTests] },
    { name: "a cluster of one environment", world: prod, tests: OF_ROWS },
    { name: "two environments behind one gate", world: new World("minimal"), tests: [loginTests] },
  ])("$name", ({ world, tests }) => {
    beforeAll(() => world.start());
    afterAll(() => world.stop());
    for (const define of tests) define(world);
  });

  completenessTests([central, prod]);
});
