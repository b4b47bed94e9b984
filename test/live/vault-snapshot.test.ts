import { destroyedTests } from "./support/vault-snapshot/destroyed";
import { Owner } from "./support/vault-snapshot/owner";
import { secretTests } from "./support/vault-snapshot/secrets";
import { snapshotTests } from "./support/vault-snapshot/snapshot";

jest.setTimeout(120_000);

const owner = new Owner();
beforeAll(() => owner.start());
afterAll(() => owner.stop());

// Each finds what the ones before it left.
secretTests(owner);
snapshotTests(owner);
destroyedTests(owner);
