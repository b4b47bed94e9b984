import type { Session } from "../session";
import { type Ask, confirmName } from "../terminal/confirm";
import type { Volume } from "./model";
import { volumeText } from "./report";

/** Has a person agree that volumes of a cluster are deleted with their data; throws when nobody does. */
export type Confirm = (cluster: string, volumes: readonly Volume[]) => Promise<void>;

/** What agrees without a question, and whether one may be asked. */
export interface ConfirmOptions {
  /** Clusters that were named beforehand. */
  readonly yes: readonly string[];
  readonly json?: boolean;
}

/** Shows the volumes and has the name of their cluster typed, unless it was named beforehand. */
export function confirmRelease(session: Session, { yes, json }: ConfirmOptions, ask?: Ask): Confirm {
  return (name, volumes) => {
    const listed = volumes.map((volume) => `\n  ${volume.name}: ${volumeText(volume)}`).join("");
    const warning = `\nThese volumes of ${name} are deleted with all that is on them:${listed}`;
    return confirmName(session, { name, kind: "cluster", warning, purpose: "delete them", yes, json }, ask);
  };
}
