import { readFileSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../../constructs/core/errors";

/**
 * Reads PGP public keys as Vault wants them: base64 of the binary key. Files may be armoured, binary or base64.
 * `files` is a list separated by commas.
 */
export function pgpKeys(files: string, cwd: string): readonly string[] {
  return files.split(",").map((file) => pgpKey(path.resolve(cwd, file.trim())));
}

function pgpKey(file: string): string {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch {
    throw StrataError.of({ where: file, problem: "cannot be read", fix: "Give files of PGP public keys." });
  }
  const text = content.toString("latin1");
  if (text.includes("PRIVATE KEY BLOCK")) {
    throw StrataError.of({ where: file, problem: "is a private key", fix: "Export the public one: gpg --export -a." });
  }
  const armoured = /-----BEGIN PGP PUBLIC KEY BLOCK-----([\s\S]+)-----END PGP PUBLIC KEY BLOCK-----/.exec(text)?.[1];
  if (armoured !== undefined) return armourBody(armoured);
  // A binary packet has its highest bit set, base64 text never.
  return (content[0] ?? 0) >= 0x80 ? content.toString("base64") : text.replaceAll(/\s/g, "");
}

/** Headers end at an empty line; the checksum line starts with `=`. */
function armourBody(armoured: string): string {
  const lines = armoured.split("\n").map((line) => line.trim());
  const start = lines.indexOf("", 1);
  return lines
    .slice(Math.max(start, 0))
    .filter((line) => line !== "" && !line.startsWith("="))
    .join("");
}
