import { isJsonObject, type Json } from "../core/json";
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

/** Chart values that name a floating image: a chart that is pinned would still run whatever was published last. */
export function checkImageTags(values: Json, path = ""): Finding[] {
  if (Array.isArray(values)) return values.flatMap((item, index) => checkImageTags(item, `${path}.${index}`));
  if (!isJsonObject(values)) return [];
  const isImage = /image$/i.test(path) || "repository" in values;
  return Object.entries(values).flatMap(([key, child]) => {
    const at = path === "" ? key : `${path}.${key}`;
    // Without a tag, or with an empty one, the chart's own applies; with a digest, none does.
    const image = key === "tag" && isImage && !values.digest ? `image:${child ?? ""}` : imageText(key, child);
    if (image === undefined || image === "image:" || isPinnedImage(image)) return checkImageTags(child, at);
    return [{ problem: `chart value ${at} is a floating image`, value: child, fix: "Pin a version tag or a digest." }];
  });
}

/** An image reference with a tag of its own. */
function imageText(key: string, value: Json): string | undefined {
  const named = /^image(name)?$/i.test(key) && typeof value === "string" && /:[^/]+$/.test(value);
  return named ? value : undefined;
}
