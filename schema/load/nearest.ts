/** Suggestions for misspelt names. */
import { editDistance } from "../../constructs/core/nearest";
import { orList } from "../words";

/** The known names closest to a text, best first; empty if none is close. */
export function nearest(text: string, known: Iterable<string>, count = 3): string[] {
  const wanted = text.toLowerCase();
  return [...known]
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, distance: d }) => d <= Math.max(2, Math.floor(Math.min(wanted.length, name.length) / 2)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** A fix that offers the nearest names, or all of them where there are few. */
export function suggest(text: string, known: Iterable<string>, what: string): string {
  const names = [...known];
  const close = nearest(text, names);
  if (close.length > 0) return `Did you mean ${orList(close)}?`;
  if (names.length === 0) return `There is no ${what} yet.`;
  return names.length <= 30 ? `Write ${orList([...names].sort())}.` : `Write the name of a ${what}.`;
}

/** Texts longer than any name are not compared. */
function distance(a: string, b: string): number {
  return a.length > 100 || b.length > 100 ? Number.POSITIVE_INFINITY : editDistance(a, b);
}
