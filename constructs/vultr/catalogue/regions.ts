/**
 * Vultr regions.
 *
 * Source: Vultr's public region list of December 2025. Not every plan is offered in every region.
 *
 * @see https://api.vultr.com/v2/regions
 */
export interface Region {
  readonly name: string;
  /** List prices here are about this many times the usual ones. @default 1 */
  readonly priceFactor?: number;
}

/** Every known region by id. */
export const REGIONS: ReadonlyMap<string, Region> = new Map<string, Region>([
  ["ams", { name: "Amsterdam" }],
  ["atl", { name: "Atlanta" }],
  ["blr", { name: "Bangalore" }],
  ["bom", { name: "Mumbai" }],
  ["cdg", { name: "Paris" }],
  ["del", { name: "Delhi" }],
  ["dfw", { name: "Dallas" }],
  ["ewr", { name: "New Jersey" }],
  ["fra", { name: "Frankfurt" }],
  ["hnl", { name: "Honolulu" }],
  ["icn", { name: "Seoul" }],
  ["itm", { name: "Osaka" }],
  ["jnb", { name: "Johannesburg" }],
  ["lax", { name: "Los Angeles" }],
  ["lhr", { name: "London" }],
  ["mad", { name: "Madrid" }],
  ["man", { name: "Manchester" }],
  ["mel", { name: "Melbourne" }],
  ["mex", { name: "Mexico City" }],
  ["mia", { name: "Miami" }],
  ["nrt", { name: "Tokyo" }],
  ["ord", { name: "Chicago" }],
  ["sao", { name: "São Paulo", priceFactor: 1.5 }],
  ["scl", { name: "Santiago" }],
  ["sea", { name: "Seattle" }],
  ["sgp", { name: "Singapore" }],
  ["sjc", { name: "Silicon Valley" }],
  ["sto", { name: "Stockholm" }],
  ["syd", { name: "Sydney" }],
  ["tlv", { name: "Tel Aviv" }],
  ["waw", { name: "Warsaw" }],
  ["yto", { name: "Toronto" }],
]);
