import { removeFolders } from "./cluster-support";
import { cutOffTests } from "./support/cluster/restart/cut-off";
import { failingTests } from "./support/cluster/restart/failing";
import { killedTests } from "./support/cluster/restart/killed";
import { OpenedClusters } from "./support/cluster/restart/opened";
import { stoppedTests } from "./support/cluster/restart/stopped";

jest.setTimeout(180_000);

const opened = new OpenedClusters();

afterEach(() => opened.end());
afterAll(removeFolders);

stoppedTests(opened);
killedTests();
cutOffTests(opened);
failingTests(opened);
