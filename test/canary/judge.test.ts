import { type Exception, judge } from "./judge";
import type { Finding } from "./scan";

const key: Finding = {
  secret: "cluster prod:client_key",
  encoding: "base64",
  place: "state/l1-cluster-prod.tfstate#output.client_key",
  offset: 7,
};
const listed: Exception = {
  secret: "cluster prod:client_key",
  place: "state/l1-cluster-prod.tfstate#*",
  reason: "the cluster's own stack",
  documented: "docs/architecture.md, Secrets",
};

test("what is listed is no leak", () => {
  expect(judge([key], [listed])).toEqual({ leaks: [], idle: [] });
});

test.each([
  { place: "state/l1-cluster-platform.tfstate#output.client_key" },
  { place: "state/l1-cluster-prod.tfstate" },
  { place: "logs/deploy.log" },
  { place: "x/state/l1-cluster-prod.tfstate#output.client_key" },
  { secret: "cluster platform:client_key" },
])("a secret that is listed for one place is a leak in another, or is another secret: %p", (other) => {
  const { leaks } = judge([key, { ...key, ...other }], [listed]);
  expect(leaks).toHaveLength(1);
  expect(leaks[0]).toContain(other.place ?? other.secret);
});

test("an exception that nothing needs any more is told", () => {
  expect(judge([], [listed]).idle).toEqual([
    "cluster prod:client_key is listed for state/l1-cluster-prod.tfstate#*, and is not there any more",
  ]);
});

test("a leak is told by path, key, form and place", () => {
  expect(judge([key], []).leaks).toEqual([
    "cluster prod:client_key (base64) in state/l1-cluster-prod.tfstate#output.client_key at byte 7",
  ]);
});
