/** What the resolution starts from. */
import { isJsonObject } from "../../constructs/core/json";
import type { Source } from "../load/source";
import type { PlatformDocument } from "../platform";
import type { Context } from "./context";
import { declaredNetworks } from "./networks";
import { resolveProfiles } from "./profiles";
import type { Report } from "./report";

/** Everything that the resolution needs, from platform.yaml; `damaged` names the keys that lost something. */
export function contextOf(
  source: Source,
  document: PlatformDocument,
  damaged: ReadonlySet<string>,
  report: Report,
): Context {
  const mentioned = (key: string): readonly string[] => {
    const value = isJsonObject(source.data) ? source.data[key] : undefined;
    return isJsonObject(value) ? Object.keys(value) : [];
  };
  const place = { source, path: ["profiles"] };
  return {
    document,
    source,
    report,
    mentioned,
    intact: (key) => !damaged.has(key),
    networks: declaredNetworks(document),
    profiles: resolveProfiles(document.profiles ?? {}, mentioned("profiles"), place, report),
  };
}
