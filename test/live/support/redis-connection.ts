import { connect, type Socket } from "node:net";

/** What a server answers; a refusal is a text that begins with `-`. */
export type Answer = string | number | null | readonly Answer[];

/** A connection to a Redis server: one command at a time, and what it announces in between. */
export class RedisConnection {
  /** Everything that was pushed to a subscriber. */
  readonly announced: Answer[] = [];
  private buffer = Buffer.alloc(0);
  private readonly waiting: { readonly take: (answer: Answer) => void; readonly fail: (error: Error) => void }[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on("data", (bytes) => {
      this.buffer = Buffer.concat([this.buffer, bytes]);
      this.read();
    });
    const end = () => {
      for (const { fail } of this.waiting.splice(0)) fail(new Error("the server closed the connection"));
    };
    socket.on("error", end);
    socket.on("close", end);
  }

  /** Connects to the socket of a server. */
  static open(file: string): Promise<RedisConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(file);
      socket.once("error", reject);
      socket.once("connect", () => resolve(new RedisConnection(socket)));
    });
  }

  send(...command: readonly (string | number)[]): Promise<Answer> {
    const parts = command.map(String).map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    return new Promise((take, fail) => {
      this.waiting.push({ take, fail });
      this.socket.write(`*${parts.length}\r\n${parts.join("")}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(): void {
    for (let parsed = parse(this.buffer, 0); parsed !== undefined; parsed = parse(this.buffer, 0)) {
      this.buffer = this.buffer.subarray(parsed.end);
      const next = this.waiting.shift();
      if (next === undefined) this.announced.push(parsed.answer);
      else next.take(parsed.answer);
    }
  }
}

interface Parsed {
  readonly answer: Answer;
  readonly end: number;
}

/** One answer; `undefined` while a part of it has not arrived. */
function parse(bytes: Buffer, start: number): Parsed | undefined {
  const line = bytes.indexOf("\r\n", start);
  if (line < 0) return undefined;
  const text = bytes.toString("utf8", start + 1, line);
  const end = line + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case "-":
      return { answer: `-${text}`, end };
    case ":":
      return { answer: Number(text), end };
    case "$": {
      const length = Number(text);
      if (length < 0) return { answer: null, end };
      return bytes.length < end + length + 2
        ? undefined
        : { answer: bytes.toString("utf8", end, end + length), end: end + length + 2 };
    }
    case "*":
      return parseList(bytes, end, Number(text));
    default:
      return { answer: text, end };
  }
}

function parseList(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { answer: null, end: start };
  const answer: Answer[] = [];
  let end = start;
  while (answer.length < length) {
    const item = parse(bytes, end);
    if (item === undefined) return undefined;
    answer.push(item.answer);
    end = item.end;
  }
  return { answer, end };
}
