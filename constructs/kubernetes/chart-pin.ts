import type { Finding } from "../core/rules";

/** A chart, pinned to one version. */
export interface ChartPin {
  readonly chart: string;
  /** Repository URL, `https://` or `oci://`. */
  readonly repository: string;
  /** Exact version: no range, no `latest`. */
  readonly version: string;
}

/** Whether a version names exactly one release of a chart. */
export function isExactVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$/.test(version);
}

/** Whether an image reference names exactly one image: a digest, or a tag with at least two version numbers. */
export function isPinnedImage(image: string): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = image.slice(image.lastIndexOf("/") + 1).split(":")[1];
  return tag !== undefined && /\d+\.\d+/.test(tag);
}

export function checkPin(pin: ChartPin): Finding[] {
  if (isExactVersion(pin.version)) return [];
  return [
    {
      problem: `chart ${pin.chart} has a floating version`,
      value: pin.version,
      fix: "Pin an exact version, such as 1.2.3.",
    },
  ];
}
