import { stringify } from "yaml";
import { NODE_STAGES } from "./nodes";
import { POD_STAGES } from "./pods";
import { stageManifest } from "./stage";

/** Everything that kwok plays, as its configuration file. */
export function stagesText(): string {
  return [...NODE_STAGES, ...POD_STAGES].map((stage) => stringify(stageManifest(stage))).join("---\n");
}
