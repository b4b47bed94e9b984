import { gzipSync } from "node:zlib";
import { at, textAt } from "../wire/paths";
import { isValues } from "../wire/values";
import { World, type WorldObject } from "../world/world";
import { described } from "./kubernetes-object";
import type { Attributes } from "./objects";

/** Helm keeps each revision in a secret; the world knows the last one only. */
export function releaseSecrets(world: World, scope: string): Attributes[] {
  return world
    .find("helm_release", (object) => object.scope === scope)
    .map((object) => {
      const [name, namespace] = [textAt(object.values, "name"), textAt(object.values, "namespace")];
      const version = revisionOf(object);
      const status = textAt(object.values, "status") || "deployed";
      const release = { name, namespace, version, info: { status } };
      const labels = { owner: "helm", name, status, version: String(version) };
      const secret = { name: secretOf(object), namespace, labels };
      return {
        ...described("Secret", secret),
        type: "helm.sh/release.v1",
        // Helm packs and encodes a release, and the API encodes every secret once more.
        data: { release: base64(base64(gzipSync(JSON.stringify(release)))) },
      };
    });
}

function base64(content: Buffer | string): string {
  return Buffer.from(content).toString("base64");
}

/** Deletes the secret of a pending revision, and nothing else: what was before it is the release again. */
export function forgetPending(world: World, scope: string, path: readonly string[]): boolean {
  const [, , , namespace, plural, secret = ""] = path;
  const [release] = world.find(
    "helm_release",
    (object) =>
      object.scope === scope &&
      textAt(object.values, "namespace") === namespace &&
      textAt(object.values, "status").startsWith("pending-") &&
      secretOf(object) === secret,
  );
  if (release === undefined || plural !== "secrets") return false;
  const { type, id, values } = release;
  const revision = revisionOf(release);
  if (revision === 1) world.remove(World.key(type, scope, id));
  else {
    const metadata = isValues(values.metadata) ? { ...values.metadata, revision: revision - 1 } : null;
    world.put({ ...release, values: { ...values, status: "deployed", metadata } });
  }
  return true;
}

function secretOf(release: WorldObject): string {
  return `sh.helm.release.v1.${textAt(release.values, "name")}.v${revisionOf(release)}`;
}

function revisionOf({ values }: WorldObject): number {
  return Number(at(values, "metadata.revision") ?? 1);
}
