const UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  k: 1000n,
  M: 1000n ** 2n,
  G: 1000n ** 3n,
  T: 1000n ** 4n,
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
};

/** Bytes of a quantity of storage such as `10Gi` or `1.5G`; 0 for what is none. */
export function bytes(quantity: unknown): bigint {
  const match = /^(\d+)(?:\.(\d{1,6}))?(k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(quantity));
  if (match === null) return 0n;
  const [, whole = "0", fraction = "", unit = ""] = match;
  return (BigInt(whole + fraction) * (UNITS[unit] ?? 1n)) / 10n ** BigInt(fraction.length);
}
