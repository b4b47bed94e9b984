import type { RequestListener } from "node:http";
import { stringify } from "yaml";
import { answer, type Content, pathOf } from "./answer";
import type { ServedArchive } from "./source";

/**
 * Answers as the web server of chart repositories: an index and the archives that it names, below the path of each.
 *
 * @see https://helm.sh/docs/topics/chart_repository/
 */
export function repositoryListener(archives: readonly ServedArchive[]): RequestListener {
  const files = new Map<string, { readonly content: () => Content; readonly archive?: ServedArchive }>();
  for (const base of new Set(archives.map(basePath))) {
    const own = archives.filter((archive) => basePath(archive) === base);
    const index = stringify(indexOf(own));
    files.set(`${base}index.yaml`, { content: () => ({ type: "text/yaml", body: index }) });
    for (const archive of own) {
      files.set(`${base}${archive.file}`, {
        content: () => ({ type: "application/gzip", body: archive.archive }),
        archive,
      });
    }
  }
  return (request, response) => {
    const file = files.get(pathOf(request));
    const sent = answer(request, response, file?.content());
    if (sent && file?.archive !== undefined) file.archive.served += 1;
  };
}

function basePath({ repository }: ServedArchive): string {
  return `${new URL(repository).pathname.replace(/\/+$/, "")}/`;
}

function indexOf(archives: readonly ServedArchive[]) {
  const entries: Record<string, object[]> = {};
  for (const { chart, version, file, sha256 } of archives) {
    const entry = { apiVersion: "v2", name: chart, version, digest: sha256, urls: [file], created: LONG_AGO };
    entries[chart] = [...(entries[chart] ?? []), entry];
  }
  return { apiVersion: "v1", generated: LONG_AGO, entries };
}

/** Every index has moments in it; this one is the same in every run. */
const LONG_AGO = "2026-01-01T00:00:00Z";
