/** Where a client wants to go. */
export interface Place {
  /** Lower case, without the dot of a full name. */
  readonly host: string;
  readonly port: number;
}

/** Reads what a client asks a proxy for: `host:port`, or a whole URL; `undefined` when it is neither. */
export function placeOf(asked: string, defaultPort: number): Place | undefined {
  const text = /^https?:\/\//i.test(asked) ? asked : `http://${asked}`;
  if (!URL.canParse(text)) return undefined;
  const { hostname, port } = new URL(text);
  if (hostname === "") return undefined;
  // A URL leaves out the port that its scheme has anyway.
  const written = port === "" && /:80(\/|$)/.test(asked) ? 80 : Number(port);
  return { host: hostname.toLowerCase().replace(/\.$/, ""), port: written === 0 ? defaultPort : written };
}
