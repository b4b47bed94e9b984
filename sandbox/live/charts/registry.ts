import type { RequestListener } from "node:http";
import { answer, type Content, pathOf } from "./answer";
import { sha256 } from "./archive";
import type { ServedArchive } from "./source";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

interface Stored {
  readonly content: Content;
  /** Set for the chart itself. */
  readonly archive?: ServedArchive;
}

/**
 * Answers as an OCI registry that everybody may read, with one manifest for each chart.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 * @see https://helm.sh/docs/topics/registries/
 */
export function registryListener(archives: readonly ServedArchive[]): RequestListener {
  const stored = new Map<string, Stored>(archives.flatMap(entriesOf));
  stored.set("/v2/", { content: { type: "application/json", body: "{}" } });
  return (request, response) => {
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    const path = pathOf(request);
    const found = stored.get(path === "/v2" ? "/v2/" : path);
    const sent = answer(request, response, found?.content);
    if (sent && found?.archive !== undefined) found.archive.served += 1;
  };
}

function entriesOf(archive: ServedArchive): [string, Stored][] {
  const { chart, version, repository } = archive;
  const base = `/v2${new URL(repository.replace(/^oci:/, "https:")).pathname.replace(/\/+$/, "")}/${chart}`;
  const config = blob(CONFIG, JSON.stringify({ apiVersion: "v2", name: chart, version }));
  const layer = blob(CHART, archive.archive);
  const manifest = blob(
    MANIFEST,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: config.descriptor,
      layers: [layer.descriptor],
    }),
  );
  // A tag can't hold the plus sign of a version.
  const tag = version.replaceAll("+", "_");
  const tags = JSON.stringify({ name: base.slice("/v2/".length), tags: [tag] });
  return [
    [`${base}/tags/list`, { content: { type: "application/json", body: tags } }],
    [`${base}/manifests/${tag}`, { content: manifest.content }],
    [`${base}/manifests/${manifest.descriptor.digest}`, { content: manifest.content }],
    [`${base}/blobs/${config.descriptor.digest}`, { content: config.content }],
    [`${base}/blobs/${layer.descriptor.digest}`, { content: layer.content, archive }],
  ];
}

function blob(mediaType: string, body: string | Buffer) {
  const digest = `sha256:${sha256(body)}`;
  const type = mediaType === MANIFEST ? mediaType : "application/octet-stream";
  return {
    descriptor: { mediaType, digest, size: Buffer.byteLength(body) },
    content: { type, body, headers: { "docker-content-digest": digest } } satisfies Content,
  };
}
