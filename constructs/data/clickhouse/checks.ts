import type { Finding } from "../../core/rules";
import type { Generations } from "../generations";
import type { ClickhouseInstallationProps } from "./index";

/** OpenPanel's tables use types that older servers don't have. */
const OLDEST = { major: 25, minor: 10 } as const;

export function checkInstallation(
  { image, backup }: ClickhouseInstallationProps,
  { serving, all }: Generations,
): Finding[] {
  return [
    ...(image === undefined || isRecent(image)
      ? []
      : [
          {
            problem: "ClickHouse is older than the applications need",
            value: image,
            fix: `Use ${OLDEST.major}.${OLDEST.minor} or newer, with the version as the image's tag.`,
          },
        ]),
    ...(serving in all
      ? []
      : [
          {
            problem: "the ClickHouse generation that serves does not exist",
            value: String(serving),
            fix: `Use one of ${Object.keys(all).join(", ")}.`,
          },
        ]),
    ...(backup === undefined ? Object.entries(all) : []).flatMap(([number, { recover }]) =>
      recover === undefined
        ? []
        : [
            {
              problem: "a ClickHouse generation starts from a backup, and there are none",
              value: number,
              fix: "Switch backups on, or leave the recovery out.",
            },
          ],
    ),
  ];
}

function isRecent(image: string): boolean {
  const [, major, minor] = /:(\d+)\.(\d+)(?:[.@-]|$)/.exec(image) ?? [];
  if (major === undefined || minor === undefined) return false;
  const difference = Number(major) - OLDEST.major || Number(minor) - OLDEST.minor;
  return difference >= 0;
}
