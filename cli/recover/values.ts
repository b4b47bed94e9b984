import { StrataError } from "../../constructs/core/errors";
import { unescapeTemplates } from "../../constructs/core/escape";
import { isJsonObject, type Json, type JsonObject } from "../../constructs/core/json";
import type { StackState } from "../terraform/state";
import type { Program, ProgramResource } from "./program";
import { ParentAbsent, type Sighting } from "./sighting";

/** Where values come from that stand in no file of the program. */
export interface ValueSources {
  readonly program: Program;
  readonly state: (stack: string) => Promise<StackState>;
  /** Looks for the object of a resource that is not in its state. */
  readonly see: (resource: ProgramResource) => Promise<Sighting>;
  /** Id of a Cloudflare zone, by its name. */
  readonly zoneId: (zone: string) => Promise<string>;
}

type Scalar = string | number | boolean;

/**
 * Arguments of resources without Terraform: literals, outputs of other stacks, attributes of what is in the state, ids of
 * what was found, and zones by name. Everything else is known at apply only.
 */
export class Values {
  constructor(private readonly sources: ValueSources) {}

  /** An argument as text; undefined where it is not set. @throws StrataError when it is known at apply only */
  async text(resource: ProgramResource, ...path: readonly string[]): Promise<string | undefined> {
    const value = at(resource.body, path);
    if (value === undefined || value === null) return undefined;
    const resolved = await this.resolve(resource.stack, value);
    if (resolved !== undefined) return String(resolved);
    throw unknown(resource, path.join("."));
  }

  /** An argument that must be set to be able to look. */
  async need(resource: ProgramResource, ...path: readonly string[]): Promise<string> {
    const text = await this.text(resource, ...path);
    if (text !== undefined && text !== "") return text;
    throw unknown(resource, path.join("."));
  }

  private async resolve(stack: string, value: Json): Promise<Scalar | undefined> {
    if (typeof value === "number" || typeof value === "boolean") return value;
    if (typeof value !== "string") return undefined;
    const expression = /^\$\{([^{}]*)\}$/.exec(value)?.[1];
    if (expression !== undefined) return this.evaluate(stack, expression.trim());
    return /(?<!\$)\$\{|(?<!%)%\{/.test(value) ? undefined : unescapeTemplates(value);
  }

  private async evaluate(stack: string, expression: string): Promise<Scalar | undefined> {
    const [, remote, output] = /^data\.terraform_remote_state\.([\w-]+)\.outputs\.(\w+)$/.exec(expression) ?? [];
    if (remote !== undefined && output !== undefined) return this.output(remote, output);
    const [, zone] = /^data\.cloudflare_zone\.([\w-]+)\.(?:id|zone_id)$/.exec(expression) ?? [];
    if (zone !== undefined) return this.zone(stack, zone);
    const [, address, attribute] = /^([a-z]\w*\.[\w-]+)\.(\w+)$/.exec(expression) ?? [];
    return address === undefined || attribute === undefined ? undefined : this.attribute(stack, address, attribute);
  }

  /** From the state; before its stack was applied to the end, from what its program says of it. */
  private async output(stack: string, name: string): Promise<Scalar | undefined> {
    const { outputs } = await this.sources.state(stack);
    const known = scalar(outputs.get(name));
    if (known !== undefined) return known;
    const declared = at(this.sources.program.get(stack)?.json, ["output", name, "value"]);
    return declared === undefined ? undefined : this.resolve(stack, declared);
  }

  private zone(stack: string, name: string): Promise<string> | undefined {
    const zone = at(this.sources.program.get(stack)?.json, ["data", "cloudflare_zone", name, "filter", "name"]);
    return typeof zone === "string" ? this.sources.zoneId(zone) : undefined;
  }

  private async attribute(stack: string, address: string, name: string): Promise<Scalar | undefined> {
    const { objects } = await this.sources.state(stack);
    const object = objects.find((each) => each.address === address && !each.deposed);
    if (object !== undefined) return scalar(object.attributes[name]);
    const resource = this.sources.program.get(stack)?.resources.find((each) => each.address === address);
    if (resource === undefined) return undefined;
    if (name !== "id") return this.resolve(stack, resource.body[name] ?? null);
    const sighting = await this.sources.see(resource);
    if (sighting.is === "absent") throw new ParentAbsent();
    return sighting.is === "there" ? sighting.id : undefined;
  }
}

function unknown({ stack, address, body }: ProgramResource, argument: string): StrataError {
  const value = at(body, argument.split("."));
  const where = `${stack} ${address}`;
  const problem = `not looked for: its ${argument} is known at apply only`;
  const fix = "If the next deployment says that it exists, import it by hand.";
  return StrataError.of({ where, problem, fix, ...(value !== undefined && { value }) });
}

function scalar(value: unknown): Scalar | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

/** Blocks that stand once are objects, or lists of one. */
function at(json: JsonObject | undefined, path: readonly string[]): Json | undefined {
  let value: Json | undefined = json;
  for (const step of path) {
    if (Array.isArray(value)) value = value[0];
    value = isJsonObject(value) ? value[step] : undefined;
  }
  return value;
}
