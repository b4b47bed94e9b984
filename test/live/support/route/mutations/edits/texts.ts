import { isIP } from "node:net";
import type { Edit } from "../mutant";

/** Edits of a text by what it reads as; `others` are the texts at the same place of the same objects. */
export function textEdits(text: string, others: readonly string[]): Edit[] {
  const to =
    (kind: string) =>
    (value: string): Edit => ({ kind, edit: `${text} becomes ${value}`, value });
  const swapped = neighbours(text, others).map(to("text: another of the same place"));
  if (isRange(text)) return [...rangeEdits(text).map(to("text: address range")), ...swapped.slice(0, 1)];
  const [kind, edited] = ownEdits(text);
  return [...edited.map(to(kind)), ...swapped].filter((edit) => edit.value !== text);
}

function ownEdits(text: string): readonly [string, readonly string[]] {
  if (text === "") return ["text: empty", ["mallory"]];
  if (URL.canParse(text) && /^https?:/.test(text)) return ["text: address", addressEdits(new URL(text))];
  if (text.startsWith("/")) return ["text: path", [text.slice(0, -1), `${text}x`, text.toUpperCase()]];
  return ["text: name", [`${text}-missing`]];
}

function addressEdits(url: URL): string[] {
  const edited = (change: (copy: URL) => void): string => {
    const copy = new URL(url);
    change(copy);
    return copy.href;
  };
  return [
    edited((copy) => {
      copy.hostname = `x.${copy.hostname}`;
    }),
    edited((copy) => {
      copy.port = "8080";
    }),
    edited((copy) => {
      copy.protocol = "https:";
    }),
    edited((copy) => {
      copy.pathname = copy.pathname === "/" ? "/x" : copy.pathname.slice(0, copy.pathname.lastIndexOf("/"));
    }),
  ];
}

/** The texts before and after one in the alphabet. */
function neighbours(text: string, others: readonly string[]): string[] {
  const sorted = [...new Set([...others, text])].filter((each) => each !== "").sort();
  const at = sorted.indexOf(text);
  return [...new Set([sorted.at(at - 1), sorted[(at + 1) % sorted.length]])].flatMap((each) =>
    each === undefined || each === text ? [] : [each],
  );
}

export function isRange(text: string): boolean {
  const [address = "", bits] = text.split("/");
  return isIP(address) !== 0 && bits !== undefined;
}

/** One bit wider, one bit narrower, everything, and a place elsewhere. */
function rangeEdits(text: string): string[] {
  const [address = "", bits = ""] = text.split("/");
  const [most, elsewhere] = isIP(address) === 4 ? [32, "192.0.2.0/24"] : [128, "2001:db8::/32"];
  const zero = isIP(address) === 4 ? "0.0.0.0/0" : "::/0";
  const sized = (size: number): string[] => (size >= 0 && size <= most ? [`${address}/${size}`] : []);
  return [...sized(Number(bits) - 1), ...sized(Number(bits) + 1), zero, elsewhere];
}
