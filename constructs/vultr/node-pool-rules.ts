import { isDnsLabel } from "../core/names";
import type { Finding } from "../core/rules";
import { type DeclaredPlans, findPlan, nearestPlans } from "./catalogue";
import type { NodePoolSpec } from "./node-pool-spec";

/** Vultr makes node names from the pool's name and a suffix of its own; they have to fit 63 characters. */
const NAME_LIMIT = 40;
/** Smallest node that VKE takes. */
const LEAST_RAM_GB = 2;

/** What is wrong with the pools of a cluster; the first one is created with it. */
export function poolFindings(pools: readonly NodePoolSpec[], declared: DeclaredPlans = {}): Finding[] {
  const names = pools.map((pool) => pool.name);
  return pools.flatMap((pool, index) => [
    ...(names.indexOf(pool.name) === index
      ? []
      : [{ problem: `node pool ${pool.name} is there twice`, fix: "Give each pool of a cluster its own name." }]),
    ...(index === 0 && (pool.taints ?? []).length > 0
      ? [
          {
            problem: `the first node pool, ${pool.name}, has taints`,
            fix: "Put an untainted pool first: VKE's own pods need a place from the start.",
          },
        ]
      : []),
    ...nameFindings(pool),
    ...planFindings(pool, declared),
    ...quantityFindings(pool),
    ...labelFindings(pool),
    ...taintFindings(pool),
  ]);
}

function nameFindings({ name }: NodePoolSpec): Finding[] {
  if (isDnsLabel(name) && name.length <= NAME_LIMIT) return [];
  return [
    {
      problem: "node pool name is not valid",
      value: name,
      fix: `Use at most ${NAME_LIMIT} lower-case letters, digits and hyphens.`,
    },
  ];
}

function planFindings({ name, plan }: NodePoolSpec, declared: DeclaredPlans): Finding[] {
  const facts = findPlan(plan, declared);
  if (facts === undefined) {
    const near = nearestPlans(plan, declared).join(", ");
    return [
      {
        problem: `node pool ${name} has an unknown plan`,
        value: plan,
        fix: `Did you mean ${near}? A plan that is new can be declared with its vCPUs, memory and price.`,
      },
    ];
  }
  if (facts.ramGb >= LEAST_RAM_GB) return [];
  return [
    {
      problem: `node pool ${name} has a plan with ${facts.ramGb} GB of memory`,
      value: plan,
      fix: `VKE takes nodes of ${LEAST_RAM_GB} GB and more.`,
    },
  ];
}

function quantityFindings({ name, quantity, autoscaling }: NodePoolSpec): Finding[] {
  const findings: Finding[] = [];
  const report = (problem: string, value: number, fix: string) =>
    findings.push({ problem: `node pool ${name} ${problem}`, value, fix });
  // The provider leaves a zero out of its requests, so it never arrives.
  if (!isCount(quantity)) report("has no nodes", quantity, "Set `quantity` to 1 or more.");
  if (autoscaling === undefined) return findings;
  const { min, max } = autoscaling;
  if (!isCount(min)) report("scales down to no nodes", min, "Set `min` to 1 or more.");
  if (!isCount(max) || min > max) report(`has a min of ${min} above its max`, max, "Set `max` to `min` or more.");
  else if (quantity < min)
    report(`starts below its min of ${min}`, quantity, "Set `quantity` between `min` and `max`.");
  else if (quantity > max)
    report(`starts above its max of ${max}`, quantity, "Set `quantity` between `min` and `max`.");
  return findings;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function labelFindings({ name, labels = {} }: NodePoolSpec): Finding[] {
  return Object.entries(labels)
    .filter(([key, value]) => !isLabelKey(key) || !isLabelValue(value))
    .map(([key, value]) => ({
      problem: `node pool ${name} has a label that Kubernetes does not take`,
      value: `${key}=${value}`,
      fix: LABEL_FIX,
    }));
}

function taintFindings({ name, taints = [] }: NodePoolSpec): Finding[] {
  const keys = taints.map((taint) => taint.key);
  return taints.flatMap(({ key, value }, index) => [
    ...(keys.indexOf(key) === index
      ? []
      : [
          {
            problem: `node pool ${name} has two taints with the key ${key}`,
            fix: "Keep one taint for each key: with two the provider never comes to an end.",
          },
        ]),
    ...(isLabelKey(key) && isLabelValue(value)
      ? []
      : [
          {
            problem: `node pool ${name} has a taint that Kubernetes does not take`,
            value: `${key}=${value}`,
            fix: LABEL_FIX,
          },
        ]),
  ]);
}

const LABEL_FIX =
  "Keys are [prefix/]name, names and values at most 63 letters, digits, `-`, `_` and `.` that start and end with a letter or digit.";
const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

function isLabelKey(key: string): boolean {
  const [name = "", prefix, ...rest] = key.split("/").reverse();
  const prefixFits = prefix === undefined || (prefix.length <= 253 && prefix.split(".").every(isDnsLabel));
  return LABEL_NAME.test(name) && prefixFits && rest.length === 0;
}

function isLabelValue(value: string): boolean {
  return value === "" || LABEL_NAME.test(value);
}
