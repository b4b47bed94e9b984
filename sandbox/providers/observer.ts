import type { WireRequest } from "./provider";
import { decodeValue } from "./wire/codec";
import { textAt } from "./wire/paths";
import { parseJson } from "./wire/state-json";
import { isValues, type Value, type Values } from "./wire/values";

/** One call of the plugin protocol, just before it is worked on or just before its answer is sent. */
export interface ProviderCall {
  /** Short address of the provider, such as `vultr/vultr`. */
  readonly provider: string;
  /** Name of the call in `tfplugin6.proto`, such as `ApplyResourceChange`. */
  readonly rpc: string;
  /** Resource, data source or ephemeral resource type; empty for calls that name none. */
  readonly type: string;
  /** What tells the object from others of its type, as its configuration names it; empty where nothing does. */
  readonly subject: string;
  /** `before`: nothing was done yet. `after`: all was done, and Terraform was not told. */
  readonly phase: "before" | "after";
  /** Counts the calls of all providers from 1; both phases of a call have the same number. */
  readonly number: number;
}

/** Told of a call; the call goes on when it answers, and never does when it never answers. */
export type CallListener = (call: ProviderCall) => void | Promise<void>;

/** Tells a listener of every call of several providers, counted together. */
export class CallObserver {
  private count = 0;

  constructor(private readonly listener: CallListener) {}

  /** Works on one call between the two times that the listener is told. */
  async around<T>(
    { address, rpc, request }: { readonly address: string; readonly rpc: string; readonly request: WireRequest },
    work: () => T | Promise<T>,
  ): Promise<T> {
    const call = {
      provider: address.replace(/^registry\.terraform\.io\//, ""),
      rpc,
      type: typeof request.type_name === "string" ? request.type_name : "",
      subject: subjectOfRequest(request),
      number: ++this.count,
    };
    await this.listener({ ...call, phase: "before" });
    const answer = await work();
    await this.listener({ ...call, phase: "after" });
    return answer;
  }
}

/** Attributes that name an object, the most telling first; several together where one alone names nothing. */
const NAMES: readonly (readonly string[])[] = [
  ["metadata.0.namespace", "metadata.0.name"],
  ["namespace", "name"],
  ["type", "name"],
  ["backend", "role_name"],
  ["mount", "name"],
  ["metadata.0.name"],
  ["phase"],
  ["name"],
  ["setting_id"],
  ["label"],
  ["path"],
  ["description"],
  ["backend"],
  ["mount"],
  ["filter.name"],
  ["type"],
];

/** The name of an object among those of its type, from its configuration or its state. */
export function subjectOf(values: Values): string {
  for (const paths of NAMES) {
    const texts = paths.map((path) => textAt(values, path));
    if (texts.every((text) => text !== "")) return texts.join("/");
  }
  return "";
}

function subjectOfRequest(request: WireRequest): string {
  for (const field of ["config", "current_state", "prior_state", "raw_state"]) {
    const values = messageValue(request[field]);
    const subject = isValues(values) ? subjectOf(values) : "";
    if (subject !== "") return subject;
  }
  return typeof request.id === "string" ? request.id : "";
}

/** The value in a message of the protocol, in either of its forms. */
function messageValue(message: unknown): Value | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  if ("json" in message && message.json instanceof Uint8Array && message.json.length > 0) {
    return parseJson(Buffer.from(message.json).toString()) as Value;
  }
  return "msgpack" in message && message.msgpack instanceof Uint8Array ? decodeValue(message.msgpack) : undefined;
}
