import { breakTests } from "./support/vault-example/breaks";
import { Example } from "./support/vault-example/example";
import { fillingTests } from "./support/vault-example/filling";
import { leavingTests } from "./support/vault-example/leaving";
import { openingTests } from "./support/vault-example/opening";
import { readerTests } from "./support/vault-example/readers";

jest.setTimeout(300_000);

describe("the real Vault of a sandbox", () => {
  const example = new Example();
  beforeAll(() => example.start());
  afterAll(() => example.stop());

  // Each finds what the ones before it left.
  openingTests(example);
  fillingTests(example);
  readerTests(example);
  breakTests(example);
  leavingTests(example);
});
