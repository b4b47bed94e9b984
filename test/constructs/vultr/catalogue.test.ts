import {
  editDistance,
  findPlan,
  findRegion,
  nearestPlans,
  nearestRegions,
  PLANS,
  REGIONS,
} from "../../../constructs/vultr/catalogue";

test("a plan's vCPUs and memory are those its id names", () => {
  expect(findPlan("vc2-4c-8gb")).toEqual({ vcpus: 4, ramGb: 8, monthlyUsd: 40, family: "regular" });
  expect(findPlan("voc-m-2c-16gb-100s-amd")).toMatchObject({ vcpus: 2, ramGb: 16, monthlyUsd: 80 });
  expect(findPlan("vcg-a16-6c-64g-16vram")).toMatchObject({ vcpus: 6, ramGb: 64, family: "gpu" });
});

test("high performance plans exist for both processors at one price", () => {
  expect(findPlan("vhp-4c-8gb-amd")).toEqual(findPlan("vhp-4c-8gb-intel"));
});

test("an hourly price is counted for the hours that a month is billed at most", () => {
  expect(findPlan("vx1-g-2c-8g")?.monthlyUsd).toBe(51.07);
});

test("every plan and region of the catalogue is complete", () => {
  for (const [id, plan] of PLANS)
    expect([id, plan.vcpus >= 1, plan.ramGb >= 1, plan.monthlyUsd > 0]).toEqual([id, true, true, true]);
  for (const [id, region] of REGIONS) expect([id.length, region.name.length > 0]).toEqual([3, true]);
});

test("a declared plan comes before one of the catalogue", () => {
  const declared = { "vc2-4c-8gb": { vcpus: 4, ramGb: 8, monthlyUsd: 44 } };
  expect(findPlan("vc2-4c-8gb", declared)?.monthlyUsd).toBe(44);
  expect(findPlan("toString", declared)).toBeUndefined();
});

test("an unknown plan has near ones, declared plans included", () => {
  expect(nearestPlans("vc2-4c-8bg")[0]).toBe("vc2-4c-8gb");
  expect(nearestPlans("vx9-1c", { "vx9-1c-4gb": { vcpus: 1, ramGb: 4, monthlyUsd: 9 } })).toContain("vx9-1c-4gb");
});

test("an unknown region has near ones, and a city finds its region", () => {
  expect(findRegion("fra")?.name).toBe("Frankfurt");
  expect(nearestRegions("fr")).toContain("fra");
  expect(nearestRegions("frankfurt")[0]).toBe("fra");
});

test.each([
  ["", "", 0],
  ["abc", "abc", 0],
  ["abc", "", 3],
  ["kitten", "sitting", 3],
])("from %p to %p it takes %i edits", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});
