import { randomInt } from "node:crypto";
import { type Password, Undeliverable } from "./objects";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const SYMBOLS = '~!@#$%^&*()_+`-={}|[]\\:"<>?,./';

/** Makes up a password by a rule: so many digits and symbols, letters for the rest, in any order. */
export function generate({
  length,
  digits,
  symbols,
  symbolCharacters,
  noUpper,
  allowRepeat,
}: Password["spec"]): string {
  // A quarter of each is what the generator takes where the rule says nothing.
  const counts = { digits: digits ?? Math.floor(length / 4), symbols: symbols ?? Math.floor(length / 4) };
  const letters = noUpper ? LOWER : LOWER + LOWER.toUpperCase();
  const rest = length - counts.digits - counts.symbols;
  if (rest < 0) throw new Undeliverable("the password is shorter than its digits and symbols");
  const characters = [
    ...pick(DIGITS, counts.digits, allowRepeat),
    ...pick(symbolCharacters ?? SYMBOLS, counts.symbols, allowRepeat),
    ...pick(letters, rest, allowRepeat),
  ];
  return shuffled(characters).join("");
}

function pick(from: string, count: number, repeat: boolean): string[] {
  if (repeat) return Array.from({ length: count }, () => from.charAt(randomInt(from.length)));
  if (count > from.length) throw new Undeliverable("the password is longer than characters without repetition allow");
  return shuffled([...from]).slice(0, count);
}

function shuffled(characters: readonly string[]): string[] {
  const left = [...characters];
  return characters.map(() => left.splice(randomInt(left.length), 1)[0] ?? "");
}
