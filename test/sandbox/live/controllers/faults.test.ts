import { Faults } from "../../../../sandbox/live/controllers/faults";

test("a rule is for one name of one namespace, or for all names that begin alike", () => {
  const faults = new Faults();
  faults.fail({ namespace: "data-prod", name: "postgresql" });
  faults.fail({ namespace: "data-prod", name: "clickhouse-ready-*" });
  expect(faults.has("data-prod", "postgresql")).toBe(true);
  expect(faults.has("data-prod", "postgresql-ready")).toBe(false);
  expect(faults.has("data-staging", "postgresql")).toBe(false);
  expect(faults.has("data-prod", "clickhouse-ready-1a2b")).toBe(true);
});

test("after it is cleared nothing fails, and who listens is told of both", () => {
  const faults = new Faults();
  const told = jest.fn();
  const end = faults.onChange(told);
  faults.fail({ namespace: "a", name: "b" });
  faults.clear();
  expect(faults.has("a", "b")).toBe(false);
  expect(told).toHaveBeenCalledTimes(2);
  end();
  faults.clear();
  expect(told).toHaveBeenCalledTimes(2);
});
