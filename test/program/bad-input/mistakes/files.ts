import { PLATFORM, type Row, SHARED, STAGING } from "./row";

/** Documents that are missing, named wrongly or not YAML. */
export const FILES: readonly Row[] = [
  [
    "a missing platform.yaml",
    { [PLATFORM]: null },
    "platform.yaml",
    "there is no such file. Run `npx strata init`, or write it.",
  ],
  [
    "an empty platform.yaml",
    { [PLATFORM]: "# later\n" },
    "platform.yaml",
    "the file is empty. Write its settings: schema/README.md lists them, examples/minimal shows the fewest.",
  ],
  [
    "an empty environment",
    { [STAGING]: "" },
    STAGING,
    "the file is empty. Write its settings, {} to take all from its profile, or delete it.",
  ],
  [
    "a file that nothing reads",
    { "environments/dev.yml": SHARED },
    "environments/dev.yml",
    "this file is not read. Rename it to dev.yaml.",
  ],
  [
    "a bracket that is never closed",
    { [STAGING]: "owner: [platform\nplacement: {type: shared}\n" },
    `${STAGING}:2`,
    "not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Mend the syntax; indentation is by spaces, and every key stands once.",
  ],
  [
    "a tab",
    { [STAGING]: "placement:\n\ttype: shared\n" },
    `${STAGING}:2`,
    "not valid YAML: Tabs are not allowed as indentation. Mend the syntax; indentation is by spaces, and every key stands once.",
  ],
  [
    "a key that stands twice",
    { [STAGING]: `${SHARED}owner: a\nowner: b\n` },
    `${STAGING}:3`,
    "not valid YAML: Map keys must be unique. Mend the syntax; indentation is by spaces, and every key stands once.",
  ],
];
