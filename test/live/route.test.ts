import { completenessTests } from "./support/route/completeness";
import { faultTests } from "./support/route/faults";
import { headerTests } from "./support/route/headers";
import { limitTests } from "./support/route/limits";
import { loginTests } from "./support/route/logins";
import { missingTests } from "./support/route/missing";
import { pathTests } from "./support/route/paths";
import { rowTests } from "./support/route/rows";
import { tlsTests } from "./support/route/tls";
import { webSocketTests } from "./support/route/websockets";
import { World } from "./support/route/world";

jest.mock("../../constructs/access/route-table", () => {
  const { recordTables } = jest.requireActual("./support/route/recorded-tables");
  return recordTables(jest.requireActual("../../constructs/access/route-table"));
});
jest.setTimeout(60_000);

describe("route", () => {
  const world = new World();

  beforeAll(() => world.start());
  afterAll(() => world.stop());

  rowTests(world);
  headerTests(world);
  pathTests(world);
  loginTests(world);
  tlsTests(world);
  completenessTests(world);
  webSocketTests(world);
  limitTests(world);
  missingTests(world);
  faultTests(world);
});
