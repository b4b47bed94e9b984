/** One HTTP request of a connection, as the bytes that came. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Names in lower case; of several with one name the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** The request line and the headers with their empty line. */
  readonly head: Buffer;
  /** Has to be read to its end before the next request. */
  readonly body: AsyncIterable<BodyPart>;
}

/** A piece of a body as it came, and what of it is content. */
export interface BodyPart {
  readonly raw: Buffer;
  readonly content: Buffer;
}

/** Bytes that are no HTTP/1.1 request. */
export class MalformedRequest extends Error {}

const LINE_LIMIT = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Splits what a client sends into its requests. Node's own parser takes only the methods that it knows, and LIST, with
 * which Vault's clients ask for names, is none of them.
 */
export async function* requestsIn(stream: AsyncIterable<Buffer>): AsyncGenerator<RawRequest> {
  const bytes = new Bytes(stream);
  for (;;) {
    const head = await headOf(bytes);
    if (head === undefined) return;
    const [requestLine = "", ...lines] = head.toString("latin1").trimEnd().split("\r\n");
    const [, method = "", target = ""] = /^([A-Z-]+) (\S+) HTTP\/1\.[01]$/.exec(requestLine) ?? [];
    if (method === "") throw new MalformedRequest("not a request line");
    const headers = new Map(lines.map(header));
    yield { method, target, headers, head, body: bodyOf(headers, bytes) };
  }
}

async function headOf(bytes: Bytes): Promise<Buffer | undefined> {
  const lines: Buffer[] = [];
  for (;;) {
    const line = await bytes.line();
    if (line === undefined) {
      if (lines.length > 0) throw new MalformedRequest("the headers end too early");
      return undefined;
    }
    lines.push(line);
    if (line.length === 2) return Buffer.concat(lines);
  }
}

function header(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 1) throw new MalformedRequest("not a header");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

async function* bodyOf(headers: ReadonlyMap<string, string>, bytes: Bytes): AsyncGenerator<BodyPart> {
  if (headers.get("transfer-encoding")?.toLowerCase().endsWith("chunked")) yield* chunksOf(bytes);
  else {
    const length = Number(headers.get("content-length") ?? 0);
    if (!Number.isSafeInteger(length) || length < 0) throw new MalformedRequest("not a length");
    for await (const raw of bytes.take(length)) yield { raw, content: raw };
  }
}

async function* chunksOf(bytes: Bytes): AsyncGenerator<BodyPart> {
  for (;;) {
    const size = await required(bytes.line());
    const length = Number.parseInt(size.toString("latin1"), 16);
    if (!Number.isSafeInteger(length) || length < 0) throw new MalformedRequest("not a chunk");
    yield { raw: size, content: NOTHING };
    if (length === 0) break;
    for await (const raw of bytes.take(length)) yield { raw, content: raw };
    yield { raw: await required(bytes.line()), content: NOTHING };
  }
  for (;;) {
    const trailer = await required(bytes.line());
    yield { raw: trailer, content: NOTHING };
    if (trailer.length === 2) return;
  }
}

async function required(line: Promise<Buffer | undefined>): Promise<Buffer> {
  const found = await line;
  if (found === undefined) throw new MalformedRequest("the body ends too early");
  return found;
}

/** A stream of bytes that is read line by line or by length. */
class Bytes {
  private readonly pieces: AsyncIterator<Buffer>;
  private rest: Buffer = NOTHING;

  constructor(stream: AsyncIterable<Buffer>) {
    this.pieces = stream[Symbol.asyncIterator]();
  }

  /** The next line with its end; undefined where the stream ends instead. */
  async line(): Promise<Buffer | undefined> {
    for (;;) {
      const end = this.rest.indexOf("\r\n");
      if (end >= 0) return this.cut(end + 2);
      if (this.rest.length > LINE_LIMIT) throw new MalformedRequest("a line without an end");
      const piece = await this.pieces.next();
      if (!piece.done) this.rest = Buffer.concat([this.rest, piece.value]);
      else if (this.rest.length === 0) return undefined;
      else throw new MalformedRequest("a line without an end");
    }
  }

  /** The next bytes, in the pieces in which they come. */
  async *take(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if (this.rest.length === 0) {
        const piece = await this.pieces.next();
        if (piece.done) throw new MalformedRequest("the body ends too early");
        this.rest = piece.value;
      }
      const taken = this.cut(Math.min(left, this.rest.length));
      left -= taken.length;
      yield taken;
    }
  }

  private cut(length: number): Buffer {
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }
}
