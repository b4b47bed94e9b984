/**
 * Vultr plans and their list prices in US dollars.
 *
 * Source: Vultr's public plan list of December 2025. Prices vary by region and time: this file is for estimates and for
 * catching mistyped ids; a plan that is missing here can be declared with its facts.
 *
 * @see https://api.vultr.com/v2/plans
 */

export type PlanFamily =
  | "regular"
  | "high-frequency"
  | "high-performance"
  | "optimized-cpu"
  | "optimized-general"
  | "optimized-memory"
  | "optimized-storage"
  | "vx1"
  | "gpu";

/** What a plan gives and costs. */
export interface PlanFacts {
  readonly vcpus: number;
  readonly ramGb: number;
  /** List price of a month, in US dollars. */
  readonly monthlyUsd: number;
  /** @default - not of a known family */
  readonly family?: PlanFamily;
}

/** A month is billed as at most this many hours. */
export const BILLED_HOURS = 672;

type Prices = Readonly<Record<string, number>>;

/** Ids as the API writes them, by family; `*` stands for a suffix that names the processor. */
const MONTHLY: readonly (readonly [PlanFamily, Prices])[] = [
  [
    "regular",
    {
      "vc2-1c-1gb": 5,
      "vc2-1c-2gb": 10,
      "vc2-2c-2gb": 15,
      "vc2-2c-4gb": 20,
      "vc2-4c-8gb": 40,
      "vc2-6c-16gb": 80,
      "vc2-8c-32gb": 160,
      "vc2-16c-64gb": 320,
      "vc2-24c-96gb": 640,
    },
  ],
  [
    "high-frequency",
    {
      "vhf-1c-2gb": 12,
      "vhf-2c-2gb": 18,
      "vhf-2c-4gb": 24,
      "vhf-3c-8gb": 48,
      "vhf-4c-16gb": 96,
      "vhf-6c-24gb": 144,
      "vhf-8c-32gb": 192,
      "vhf-12c-48gb": 256,
      "vhf-16c-58gb": 320,
    },
  ],
  [
    "high-performance",
    {
      "vhp-1c-1gb-*": 6,
      "vhp-1c-2gb-*": 12,
      "vhp-2c-2gb-*": 18,
      "vhp-2c-4gb-*": 24,
      "vhp-4c-8gb-*": 48,
      "vhp-4c-12gb-*": 72,
      "vhp-8c-16gb-*": 96,
      "vhp-12c-24gb-*": 144,
    },
  ],
  [
    "optimized-cpu",
    {
      "voc-c-2c-4gb-50s-amd": 40,
      "voc-c-2c-4gb-75s-amd": 45,
      "voc-c-4c-8gb-75s-amd": 80,
      "voc-c-8c-16gb-150s-amd": 160,
    },
  ],
  [
    "optimized-general",
    {
      "voc-g-1c-4gb-30s-amd": 30,
      "voc-g-2c-8gb-50s-amd": 60,
      "voc-g-4c-16gb-80s-amd": 120,
      "voc-g-8c-32gb-160s-amd": 240,
    },
  ],
  ["optimized-memory", { "voc-m-1c-8gb-50s-amd": 40, "voc-m-2c-16gb-100s-amd": 80, "voc-m-4c-32gb-200s-amd": 160 }],
  ["optimized-storage", { "voc-s-1c-8gb-150s-amd": 75 }],
];

/** Plans with an hourly price; where regions differ, the highest. */
const HOURLY: readonly (readonly [PlanFamily, Prices])[] = [
  ["vx1", { "vx1-g-2c-8g": 0.076 }],
  [
    "gpu",
    {
      "vcg-a16-2c-8g-2vram": 0.059,
      "vcg-a16-6c-64g-16vram": 0.58,
      "vcg-a40-24c-120g-48vram": 1.71,
      "vcg-l40s-16c-180g-48vram": 2.09,
      "vcg-a100-12c-120g-80vram": 2.99,
      "vcg-b200-248c-2826g-1536vram": 79.92,
    },
  ],
];

const PROCESSORS = ["amd", "intel"];

/** Every known plan by id. */
export const PLANS: ReadonlyMap<string, PlanFacts> = new Map(
  [
    ...MONTHLY.flatMap(([family, prices]) => rows(family, prices)),
    ...HOURLY.flatMap(([family, prices]) => rows(family, prices, BILLED_HOURS)),
  ].map(([id, facts]) => [id, facts]),
);

function rows(family: PlanFamily, prices: Prices, hours = 1): [string, PlanFacts][] {
  return Object.entries(prices).flatMap(([pattern, price]) => {
    const ids = pattern.endsWith("*") ? PROCESSORS.map((suffix) => pattern.replace("*", suffix)) : [pattern];
    const monthlyUsd = Math.round(price * hours * 100) / 100;
    return ids.map((id): [string, PlanFacts] => [id, { ...sizeOf(id), monthlyUsd, family }]);
  });
}

/** An id says how many vCPU (`4c`) and GB of memory (`8gb`) a plan has. */
function sizeOf(id: string) {
  const match = /-(\d+)c-(\d+)gb?(?:-|$)/.exec(id);
  return { vcpus: Number(match?.[1]), ramGb: Number(match?.[2]) };
}
