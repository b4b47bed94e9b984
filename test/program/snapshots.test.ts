import { loadExample, synthesize } from "../helpers/examples";
import { addresses, readable } from "../helpers/snapshot";

const acme = synthesize(loadExample("acme"));

test.each(acme.stacks.map((stack) => [stack.id, stack] as const))("%s is as reviewed", (_id, stack) => {
  expect(readable(stack)).toMatchSnapshot();
});

test("every resource address is as reviewed: a removal or a rename shows here", () => {
  expect(
    acme.stacks.flatMap((stack) => addresses(stack).map((address) => `${stack.id}: ${address}`)),
  ).toMatchSnapshot();
});
