import { textAt } from "../wire/paths";
import { World } from "../world/world";
import { type Change, Refusal } from "./types";

/** Refuses a reference to an object that the account does not have; an empty one refers to nothing. */
export function mustExist(change: Change, type: string, attribute: string, text: string): void {
  const id = textAt(change.state, attribute);
  if (id !== "" && !change.world.has(World.key(type, "", id))) {
    throw new Refusal(`error creating ${change.type}: {"error":"${text}","status":404}`, `${attribute} is "${id}".`);
  }
}
