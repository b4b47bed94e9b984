import { stringify } from "yaml";
import { NODE_STAGES } from "./nodes";
import { podStages } from "./pods";
import { stageManifest } from "./stage";

/**
 * Everything that kwok plays, as its configuration file.
 *
 * @param awaitLeave - see {@link podStages}
 */
export function stagesText(awaitLeave: boolean): string {
  return [...NODE_STAGES, ...podStages(awaitLeave)].map((stage) => stringify(stageManifest(stage))).join("---\n");
}
