import type { OpenPanelSettings, WorkloadName } from "./settings";

/** What names the images of one release. */
export type Release = Pick<OpenPanelSettings, "version" | "digests">;

/** An image of a release. With a digest the tag is for people: what runs is what the digest says. */
export function image(name: WorkloadName, { version, digests }: Release): string {
  const tagged = `lindesvard/openpanel-${name}:${version}`;
  return digests === undefined ? tagged : `${tagged}@${digests[name]}`;
}
