import type { Route, RouteTableProps } from "../../../../constructs/access/route-table";

/**
 * Spellings by which a path is meant to pass for another: `open` is a path that anybody may use, `shut` one that not
 * everybody may. A server that cleans paths differently from the one before it takes them for something else.
 */
export function spellings(open: string, shut: string): string[] {
  const inside = shut.replace(/^\//, "");
  return [
    `${open}/../..${shut}`,
    `${open}/../../..${shut}`,
    `${open}/./../..${shut}`,
    `${open}//..//..${shut}`,
    `${open}/..;/..;${shut}`,
    `${open};/../..${shut}`,
    `${open}%2f..%2f..%2f${inside}`,
    `${open}/..%2f..%2f${inside}`,
    `${open}/%2e%2e/%2e%2e/${inside}`,
    `${open}/.%2e/.%2e/${inside}`,
    `${open}/%252e%252e/%252e%252e/${inside}`,
    `${open}%252f..%252f..%252f${inside}`,
    `${open}/..%5c..%5c${inside}`,
    `${open}/..\\..\\${inside}`,
    `${open}?/../..${shut}`,
    `${open}%3f/../..${shut}`,
    `${open}%23/../..${shut}`,
    `${open}%00${shut}`,
    `${open}%00/../..${shut}`,
  ];
}

/** Other spellings of one path. */
export function variants(path: string): string[] {
  const rest = path.slice(1);
  const last = path.split("/").at(-1) ?? "";
  const escaped = `%${(last.codePointAt(0) ?? 97).toString(16)}${last.slice(1)}`;
  const inLast = (text: string): string => path.slice(0, path.length - last.length) + text;
  return [
    `/${path}`,
    `//${path}`,
    `/.${path}`,
    `/./${rest}`,
    `/%2e${path}`,
    `/x/..${path}`,
    `/x/..%2f${rest}`,
    `/%2f${rest}`,
    `/%5c${rest}`,
    path.replaceAll("/", "//"),
    path.replaceAll("/", "/./"),
    path.replace(/(.)\//g, "$1%2f"),
    path.replace(/(.)\//g, "$1%252f"),
    path.replace(/(.)\//g, "$1%5c"),
    path.toUpperCase(),
    inLast(last.slice(0, 1).toUpperCase() + last.slice(1)),
    inLast(escaped),
    inLast(escaped.replace("%", "%25")),
    `${path}/`,
    `${path}//`,
    `${path}/.`,
    `${path}/..`,
    `${path}.`,
    `${path}%20`,
    `${path}%00`,
    `${path}%2f`,
    `${path}%2e`,
    `${path};`,
    `${path};a=b`,
    `${path}?`,
    `${path}/%2e%2e/${last}`,
  ];
}

/** What the most generous server could take a path for: decoded until nothing is left to decode, then cleaned. */
export function mostGenerous(path: string): string {
  let text = path.replace(/[?#].*$/s, "");
  for (let round = 0; round < 5; round++) text = decoded(text);
  const cleaned: string[] = [];
  for (const segment of text
    .replaceAll("\\", "/")
    .split("/")
    .map((each) => each.replace(/[;\0].*$/s, ""))) {
    if (segment === "..") cleaned.pop();
    else if (segment !== "." && segment !== "") cleaned.push(segment.replace(/[ .]+$/, ""));
  }
  return `/${cleaned.join("/")}`.toLowerCase();
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * What OpenPanel's own server takes a path for: it decodes once, leaves reserved characters encoded, and cleans nothing.
 *
 * @see https://github.com/delvedor/find-my-way
 */
export function asServed(path: string): string {
  const [before = ""] = path.split(/[?#]/);
  return before.replace(/%(?!23|24|26|2b|2c|2f|3a|3b|3d|3f|40)([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Rows of a class. */
export function rowsOf(table: RouteTableProps, name: Route["class"]): readonly Route[] {
  return table.routes.filter((row) => row.class === name);
}
