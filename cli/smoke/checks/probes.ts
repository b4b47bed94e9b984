import type { RouteProgram, Row } from "../program/rows";
import { type Expectation, expectationOf } from "./expectation";
import { type Forgery, forge, unmoved } from "./forged";
import { admitted, type Judge, keptOut, refused, unknownHost } from "./judges";
import { disguised, isSafe, SAFE_METHODS, samplePaths, takes, unsafeMethods } from "./sample";

/** One request to a row, and who says what is right. */
export interface Probe {
  readonly row: Row;
  readonly check: string;
  readonly expected: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with the session that was given. @default false */
  readonly session?: boolean;
  readonly judge: Judge;
}

/** What the checks of rows are made for. */
export interface ProbeOptions {
  readonly program: RouteProgram;
  readonly loginHosts: ReadonlySet<string>;
  /** Methods that change something are sent too. */
  readonly allMethods: boolean;
  /** There is a session to try. */
  readonly session: boolean;
}

const BROWSER = {
  accept: "text/html,application/xhtml+xml",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};
const XHR = { accept: "application/json", "x-requested-with": "XMLHttpRequest", "sec-fetch-mode": "cors" };
const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": Buffer.from("strata-smoke-key").toString("base64"),
};

/** Every request that a row is tried with. */
export function probesOf(row: Row, options: ProbeOptions): readonly Probe[] {
  const { program, loginHosts } = options;
  const paths = samplePaths(program, row);
  const [path = row.path] = paths;
  const deepest = paths.at(-1) ?? path;
  // A page to come back to has a query: gates have lost those.
  const target = row.class === "gated" ? `${deepest}?from=smoke&page=2` : path;
  const { browser, xhr } = expectationOf(row, loginHosts);
  const probe = (
    check: string,
    [expected, judge]: readonly [string, Judge],
    more: Partial<Pick<Probe, "method" | "target" | "headers" | "session">> = {},
  ): Probe => ({ row, check, expected, judge, method: "GET", target, headers: BROWSER, ...more });
  const reads = takes(program, row, "GET", path);
  const readable = SAFE_METHODS.find((method) => takes(program, row, method, path));
  const forgery = forge();
  return [
    ...(reads ? readProbes(probe, { browser, xhr }, paths, path) : []),
    // Whoever takes anything is no browser that opens a page.
    ...(reads && row.class === "gated" ? [probe("program", xhr, { headers: { accept: "*/*" } })] : []),
    ...(readable === undefined ? [] : hostileProbes(probe, browser, readable, forgery)),
    ...(row.class === "denied" && readable !== undefined ? disguiseProbe(probe, path, readable) : []),
    ...(takes(program, row, "HEAD", path) ? [probe("HEAD", browser, { method: "HEAD" })] : []),
    ...preflightProbe(probe, row, browser, takes(program, row, "OPTIONS", path)),
    ...(reads ? [websocketProbe(probe, row, browser)] : []),
    ...undeclaredProbes(row, options),
    ...unsafeMethods(row).map((method) => probe(method, xhr, { method, headers: XHR })),
    ...(options.session && reads ? sessionProbes(probe, row, browser, forgery) : []),
  ];
}

/** Whether a probe may be sent; what may not is told, not forgotten. */
export function isSent({ method }: Probe, { allMethods }: ProbeOptions): boolean {
  return allMethods || isSafe(method);
}

type Make = (
  check: string,
  expectation: readonly [string, Judge],
  more?: Partial<Pick<Probe, "method" | "target" | "headers" | "session">>,
) => Probe;

function readProbes(
  probe: Make,
  { browser, xhr }: Expectation,
  paths: readonly string[],
  path: string,
): readonly Probe[] {
  const below = paths.find((each) => each !== path);
  return [
    probe("browser", browser, { target: path }),
    ...(below === undefined ? [] : [probe("browser, a page below", browser, { target: `${below}?from=smoke&page=2` })]),
    probe("XHR", xhr, { headers: XHR }),
  ];
}

function hostileProbes(probe: Make, [expected, judge]: Expectation["browser"], method: string, forgery: Forgery) {
  return [
    probe("forged headers", [`${expected}, nothing of them comes back`, unmoved(judge, forgery)], {
      method,
      headers: { ...BROWSER, ...forgery.headers },
    }),
    probe("another host", ["refused", unknownHost], { method, headers: { ...BROWSER, host: "strata-smoke.invalid" } }),
  ];
}

function disguiseProbe(probe: Make, path: string, method: string): readonly Probe[] {
  const target = disguised(path);
  return target === undefined ? [] : [probe("path in disguise", ["kept out", keptOut], { target, method })];
}

/** Browsers ask before they send, without a session: the answer is the application's, never the gate's. */
function preflightProbe(
  probe: Make,
  row: Row,
  browser: Expectation["browser"],
  takesOptions: boolean,
): readonly Probe[] {
  if (!takesOptions) return [];
  const headers = {
    accept: "*/*",
    origin: `https://${row.host}`,
    "access-control-request-method": row.methods?.[0] ?? "GET",
  };
  const expectation = row.class === "gated" ? (["the application answers", admitted] as const) : browser;
  return [probe("OPTIONS", expectation, { method: "OPTIONS", headers })];
}

function websocketProbe(probe: Make, row: Row, browser: Expectation["browser"]): Probe {
  const expectation = row.class === "gated" ? (["kept out", keptOut] as const) : browser;
  return probe("WebSocket", expectation, { headers: { ...UPGRADE, origin: `https://${row.host}` } });
}

/** A method that the row does not declare belongs to another row, or to none. */
function undeclaredProbes(row: Row, { program, loginHosts }: ProbeOptions): readonly Probe[] {
  if (row.methods === undefined) return [];
  return ["GET", "DELETE"].flatMap((method) => {
    if (row.methods?.includes(method)) return [];
    const other = program.rowOf({ host: row.host, path: row.path, method });
    const { browser } =
      other === undefined ? { browser: ["404", refused(404)] as const } : expectationOf(other, loginHosts);
    const check = `${method}, not declared${other === undefined ? "" : ` (${other.label})`}`;
    const [expected, judge] = browser;
    return [{ row, check, expected, judge, method, target: row.path, headers: BROWSER }];
  });
}

/** With a session a gated page opens, and still nobody else's name can be claimed; what is denied stays so. */
function sessionProbes(probe: Make, row: Row, browser: Expectation["browser"], forgery: Forgery): readonly Probe[] {
  if (row.class === "denied") return [probe("with a session", browser, { session: true })];
  if (row.class !== "gated") return [];
  const expected = "the application answers";
  return [
    probe("with a session", [expected, admitted], { session: true }),
    probe("XHR with a session", [expected, admitted], { session: true, headers: XHR }),
    probe("forged headers with a session", [`${expected}, nothing of them comes back`, unmoved(admitted, forgery)], {
      session: true,
      headers: { ...BROWSER, ...forgery.headers },
    }),
  ];
}
