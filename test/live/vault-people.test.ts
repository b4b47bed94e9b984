import { commandTests } from "./support/people/commands";
import { environmentTests } from "./support/people/environment";
import { keptNowhereTests } from "./support/people/kept-nowhere";
import { loginTests } from "./support/people/logins";
import { machineTests } from "./support/people/machines";
import { newVaultTests } from "./support/people/new-vault";
import { operatorTests } from "./support/people/operator";
import { People } from "./support/people/people";

jest.setTimeout(300_000);

const people = new People();
beforeAll(() => people.start());
afterAll(() => people.stop());

// Each finds what the ones before it left.
newVaultTests(people);
operatorTests(people);
commandTests(people);
environmentTests(people);
loginTests(people);
machineTests(people);
keptNowhereTests(people);
