import { Readable } from "node:stream";
import { MalformedRequest, requestsIn } from "../../../../sandbox/live/vault/requests";

/** Reads all requests; each as its method, target and content, with the bytes that it was made of. */
async function read(text: string, pieceLength = text.length) {
  const bytes = Buffer.from(text, "latin1");
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength) pieces.push(bytes.subarray(at, at + pieceLength));
  const found: { request: string; content: string; raw: string }[] = [];
  for await (const { method, target, head, body } of requestsIn(Readable.from(pieces))) {
    const raw = [head];
    const content: Buffer[] = [];
    for await (const part of body) {
      raw.push(part.raw);
      content.push(part.content);
    }
    found.push({
      request: `${method} ${target}`,
      content: Buffer.concat(content).toString("latin1"),
      raw: Buffer.concat(raw).toString("latin1"),
    });
  }
  return found;
}

const GET = "GET /v1/sys/health?standbyok=true HTTP/1.1\r\nHost: vault\r\n\r\n";
const LIST = "LIST /v1/secret/metadata HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: t\r\n\r\n";
const PUT = 'PUT /v1/sys/audit/file HTTP/1.1\r\ncontent-LENGTH: 11\r\n\r\n{"a": "\r\n"}';
const CHUNKED =
  "POST /v1/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n\r\nfour\r\n0\r\nTrailer: 1\r\n\r\n";

describe("the requests of a connection", () => {
  test.each([1, 2, 7, 4096])("are told apart when they come in pieces of %d bytes", async (pieceLength) => {
    const found = await read([GET, PUT, LIST, CHUNKED, GET].join(""), pieceLength);
    expect(found.map(({ request, content }) => [request, content])).toEqual([
      ["GET /v1/sys/health?standbyok=true", ""],
      ["PUT /v1/sys/audit/file", '{"a": "\r\n"}'],
      ["LIST /v1/secret/metadata", ""],
      ["POST /v1/a", "hello\r\nfour"],
      ["GET /v1/sys/health?standbyok=true", ""],
    ]);
    expect(found.map(({ raw }) => raw)).toEqual([GET, PUT, LIST, CHUNKED, GET]);
  });

  test("may be none", async () => {
    expect(await read("")).toEqual([]);
  });

  test.each([
    ["garbage", "\u0016\u0003\u0001 hello\r\n\r\n"],
    ["another protocol", "GET / HTTP/2.0\r\n\r\n"],
    ["a line that never ends", `GET /${"x".repeat(70_000)}`],
    ["a header without a name", "GET / HTTP/1.1\r\n: x\r\n\r\n"],
    ["a length that is none", "PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"],
    ["a chunk without a length", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["an end amid the headers", "GET / HTTP/1.1\r\nHost: x\r\n"],
    ["an end amid the body", "PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhe"],
  ])("are refused when they are %s", async (_, text) => {
    await expect(read(text)).rejects.toThrow(MalformedRequest);
  });
});
