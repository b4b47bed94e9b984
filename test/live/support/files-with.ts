import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** For each of some texts the files below a folder that hold it, whatever else is in them. */
export function filesWith(folder: string, texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(texts.map((text) => [text, []]));
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    for (const text of texts) if (content.includes(text)) found.get(text)?.push(path.relative(folder, file));
  }
  return found;
}
