import { isJsonObject, type Json, type JsonObject } from "../../../constructs/core/json";

/** What the middlewares of a route do with a request, in the words of the route table. */
export interface Treatment {
  /** Address that is asked whether a request may pass. @default - nobody is asked */
  readonly gate?: string;
  /** Headers that the gate's answer adds to the request. */
  readonly gateHeaders: readonly string[];
  /** Headers that are taken off the request. */
  readonly removedHeaders: readonly string[];
  /** Headers that are written into the request, with their values. */
  readonly setHeaders: Readonly<Record<string, string>>;
  /** Headers that are written into the answer, with their values; an empty one is taken off. */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Status with which every request is refused. @default - requests pass */
  readonly refuses?: number;
  /** Seconds for which browsers use HTTPS only. @default - not said */
  readonly strictTransportSeconds?: number;
  /** Prefixes taken off the path. */
  readonly strippedPrefixes: readonly string[];
  /** What is limited, one text each, such as `50 requests/s, burst 200`. */
  readonly limits: readonly string[];
  /** Kinds of middlewares that this program has no words for. */
  readonly others: readonly string[];
}

/** An address that no client has: a list that allows nobody else refuses everybody. */
const NOBODY = "255.255.255.255/32";

/** What several middlewares do, one after the other. */
export function treatmentOf(specs: readonly JsonObject[]): Treatment {
  const effects = specs
    .flatMap((spec) => Object.entries(spec))
    .map(([kind, settings]) => effectOf(kind, isJsonObject(settings) ? settings : {}));
  const last = <K extends keyof Treatment>(key: K) => effects.findLast((effect) => effect[key] !== undefined)?.[key];
  return {
    gate: last("gate"),
    refuses: last("refuses"),
    strictTransportSeconds: last("strictTransportSeconds"),
    gateHeaders: effects.flatMap(({ gateHeaders = [] }) => gateHeaders),
    removedHeaders: effects.flatMap(({ removedHeaders = [] }) => removedHeaders),
    setHeaders: Object.assign({}, ...effects.map(({ setHeaders }) => setHeaders)),
    answerHeaders: Object.assign({}, ...effects.map(({ answerHeaders }) => answerHeaders)),
    strippedPrefixes: effects.flatMap(({ strippedPrefixes = [] }) => strippedPrefixes),
    limits: effects.flatMap(({ limits = [] }) => limits),
    others: effects.flatMap(({ others = [] }) => others),
  };
}

function effectOf(kind: string, settings: JsonObject): Partial<Treatment> {
  switch (kind) {
    case "forwardAuth":
      return { gate: String(settings.address), gateHeaders: texts(settings.authResponseHeaders) };
    case "headers":
      return headerEffect(settings);
    case "ipAllowList": {
      const ranges = texts(settings.sourceRange);
      const status = typeof settings.rejectStatusCode === "number" ? settings.rejectStatusCode : 403;
      return ranges.every((range) => range === NOBODY)
        ? { refuses: status }
        : { limits: [`from ${ranges.join(", ")} only`] };
    }
    case "rateLimit":
      return { limits: [rateText(settings)] };
    case "inFlightReq":
      return { limits: [`${String(settings.amount)} requests at once`] };
    case "buffering":
      return { limits: [`body ${bytesText(settings.maxRequestBodyBytes)}`] };
    case "stripPrefix":
      return { strippedPrefixes: texts(settings.prefixes) };
    default:
      return { others: [kind] };
  }
}

function headerEffect(settings: JsonObject): Partial<Treatment> {
  const request = Object.entries(stringMap(settings.customRequestHeaders));
  const { stsSeconds } = settings;
  return {
    removedHeaders: request.filter(([, value]) => value === "").map(([name]) => name),
    setHeaders: Object.fromEntries(request.filter(([, value]) => value !== "")),
    answerHeaders: stringMap(settings.customResponseHeaders),
    ...(typeof stsSeconds === "number" && stsSeconds > 0 ? { strictTransportSeconds: stsSeconds } : {}),
  };
}

function rateText({ average, burst, period }: JsonObject): string {
  const each = period === undefined || period === "1s" ? "s" : String(period);
  return `${String(average)} requests/${each}, burst ${String(burst ?? 1)}`;
}

function bytesText(bytes: Json | undefined): string {
  if (typeof bytes !== "number") return "unlimited";
  const [divisor, unit] = bytes >= 1024 ** 2 ? [1024 ** 2, "MiB"] : [1024, "KiB"];
  return `${Math.round((bytes / divisor) * 10) / 10} ${unit}`;
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function stringMap(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
