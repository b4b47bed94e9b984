import { constants, gunzipSync, inflateRawSync } from "node:zlib";

/** Bytes that stand inside of others. */
export interface Part {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Most bytes of what was packed: more is a mistake, and not ours. */
const LIMIT = 256 * 1024 * 1024;

/**
 * What stands packed in bytes: the files of a zip (a plan file is one) or tar archive, the content of a gzip file, and
 * gzip written as base64 in a text, as Helm keeps its releases. What is damaged is opened as far as it goes.
 */
export function partsOf(bytes: Buffer): readonly Part[] {
  if (bytes.length > 4 && bytes.readUInt32LE(0) === ZIP_FILE) return zipParts(bytes);
  if (bytes.length > 2 && bytes.readUInt16LE(0) === GZIP) return unpacked("gzip", bytes);
  if (bytes.toString("latin1", 257, 262) === "ustar") return tarParts(bytes);
  return base64Parts(bytes);
}

const GZIP = 0x8b1f;
const ZIP_FILE = 0x04034b50;
const ZIP_ENTRY = 0x02014b50;
const ZIP_END = 0x06054b50;

/** Where the directory of a zip archive begins stands at its end. */
function zipParts(bytes: Buffer): readonly Part[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || bytes.length < end + 22 || bytes.readUInt32LE(end) !== ZIP_END) return [];
  const parts: Part[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0 && at + 46 <= bytes.length; left--) {
    if (bytes.readUInt32LE(at) !== ZIP_ENTRY) break;
    const packed = bytes.readUInt16LE(at + 10) !== 0;
    const [size, nameLength] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const file = bytes.readUInt32LE(at + 42);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const start = file + 30 + bytes.readUInt16LE(file + 26) + bytes.readUInt16LE(file + 28);
    const content = bytes.subarray(start, start + size);
    const whole = packed ? attempt(() => inflateRawSync(content, { maxOutputLength: LIMIT })) : content;
    if (whole !== undefined) parts.push({ name, bytes: whole });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return parts;
}

const BLOCK = 512;

function tarParts(bytes: Buffer): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const text = (from: number, length: number): string =>
      bytes.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12).trim() || "0", 8);
    if (text(257, 5) !== "ustar" || Number.isNaN(size)) break;
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (size > 0) parts.push({ name: text(0, 100), bytes: content });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return parts;
}

/** `H4sI` is the base64 of gzip's first bytes, and `SDRzS` that of `H4sI`. */
const BASE64_OF_GZIP = /(?:H4sI|SDRzS)[A-Za-z0-9+/]{40,}={0,2}/g;

function base64Parts(bytes: Buffer): readonly Part[] {
  if (bytes.indexOf("H4sI") < 0 && bytes.indexOf("SDRzS") < 0) return [];
  return [...bytes.toString("latin1").matchAll(BASE64_OF_GZIP)].flatMap(({ 0: text, index }) => {
    const decoded = Buffer.from(text, "base64");
    const name = `base64 at ${index}`;
    return text.startsWith("H4sI") ? unpacked(name, decoded) : [{ name, bytes: decoded }];
  });
}

function unpacked(name: string, bytes: Buffer): readonly Part[] {
  // A file that is cut off is read up to where it ends.
  const options = { maxOutputLength: LIMIT, finishFlush: constants.Z_SYNC_FLUSH };
  const whole = attempt(() => gunzipSync(bytes, options));
  return whole === undefined ? [] : [{ name, bytes: whole }];
}

function attempt(work: () => Buffer): Buffer | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
