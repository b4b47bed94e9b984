import type { ClusterDriver } from "../clusters/driver";
import { Failure } from "../run/failure";
import { type ApplyRequest, create, destroy, update } from "./engine/apply";
import { digestOf, fill } from "./engine/fill";
import { plan } from "./engine/plan";
import { type Call, type ProviderHooks, Refusal, type ResourceHook } from "./hooks/types";
import type { ProviderSchema, SchemaKind } from "./schema/load";
import { decodeValue, encodeValue } from "./wire/codec";
import { textAt } from "./wire/paths";
import { objectFromJson, parseJson } from "./wire/state-json";
import { copy, isValues, UNKNOWN, type Value, type Values } from "./wire/values";
import { type Identity, identityOf, privateOf } from "./world/state";
import { World } from "./world/world";

/** A message of the protocol, as the proto loader gives it. */
export type WireRequest = Record<string, unknown>;
/** An answer of the protocol; fields that are left out have their default. */
export type WireResponse = Record<string, unknown>;

const NO_HOOK: ResourceHook = {};

/** Answers the calls of the plugin protocol for one provider, from its schema, its hooks and the world. */
export class SimulatedProvider {
  /** The provider configuration of each connection: two aliases differ in nothing else that a call tells. */
  private readonly configurations = new Map<string, Values>();
  private readonly underway = new Set<string>();

  constructor(
    readonly schema: ProviderSchema,
    private readonly hooks: ProviderHooks,
    private readonly world: World,
    private readonly clusters: ClusterDriver,
  ) {}

  configure(request: WireRequest, peer: string): WireResponse {
    const config = messageValue(request.config);
    if (config !== null) this.configurations.set(peer, config);
    return {};
  }

  validate(request: WireRequest): WireResponse {
    const config = messageValue(request.config);
    return guarded({}, () => {
      if (config !== null) this.hook(typeOf(request)).validate?.(config);
      return {};
    });
  }

  upgrade(request: WireRequest): WireResponse {
    const raw = (request.raw_state as { json?: Uint8Array } | null)?.json ?? new Uint8Array();
    const shape = this.schema.shape("resource_schemas", typeOf(request));
    return { upgraded_state: wire(objectFromJson(shape, parseJson(Buffer.from(raw).toString()))) };
  }

  read(request: WireRequest, peer: string): WireResponse {
    const type = typeOf(request);
    const current = messageValue(request.current_state);
    const call = this.call(type, peer);
    if (current === null) return { new_state: wire(null) };
    return guarded({ new_state: wire(current), private: request.private }, () => {
      this.hooks.reach?.(call);
      const identity = this.identity(request.private, call, current);
      const object = this.world.get(World.key(type, identity.scope, identity.id));
      if (object === undefined) {
        const missing = this.hook(type).missing?.(identity.id);
        if (missing !== undefined) throw missing;
        return { new_state: wire(null) };
      }
      const state = copy(object.values);
      for (const name of this.hook(type).unreadable ?? []) state[name] = current[name] ?? null;
      return { new_state: wire(state), private: privateOf(identity) };
    });
  }

  plan(request: WireRequest): WireResponse {
    const type = typeOf(request);
    const proposed = messageValue(request.proposed_new_state);
    if (proposed === null) return { planned_state: wire(null), planned_private: request.prior_private };
    const config = messageValue(request.config) ?? {};
    const hook = this.hook(type);
    return guarded({}, () => {
      hook.validate?.(config);
      const shape = this.schema.shape("resource_schemas", type);
      const planned = plan({ shape, hook, prior: messageValue(request.prior_state), proposed, config });
      return {
        planned_state: wire(planned.state),
        requires_replace: planned.replace.map(attributePath),
        planned_private: request.prior_private,
        legacy_type_system: this.hooks.legacyTypeSystem,
      };
    });
  }

  async apply(request: WireRequest, peer: string): Promise<WireResponse> {
    const type = typeOf(request);
    const prior = messageValue(request.prior_state);
    const planned = messageValue(request.planned_state);
    const call = this.call(type, peer);
    const shape = this.schema.shape("resource_schemas", type);
    const apply: ApplyRequest = {
      address: this.schema.address,
      hooks: this.hooks,
      hook: this.hook(type),
      shape,
      call,
      config: messageValue(request.config),
      underway: this.underway,
    };
    // What the API refuses leaves everything as it was: nothing for a new object, the prior state for the others.
    const otherwise = { new_state: wire(prior), private: request.planned_private };
    try {
      this.hooks.reach?.(call);
      if (planned === null) {
        if (prior !== null) await destroy(apply, prior, this.identity(request.planned_private, call, prior).id);
        return { new_state: wire(null) };
      }
      const applied =
        prior === null
          ? await create(apply, planned)
          : await update(apply, prior, planned, this.identity(request.planned_private, call, prior).id);
      return {
        new_state: wire(applied.state),
        private: privateOf({ scope: call.scope, id: applied.id }),
        legacy_type_system: this.hooks.legacyTypeSystem,
      };
    } catch (error) {
      return refused(otherwise, error);
    }
  }

  import(request: WireRequest, peer: string): WireResponse {
    const type = typeOf(request);
    const call = this.call(type, peer);
    const hook = this.hook(type);
    return guarded({}, () => {
      this.hooks.reach?.(call);
      if (hook.notImported === true) throw new Refusal(`resource ${type} doesn't support import`);
      const asked = String(request.id);
      const id = hook.importId?.(asked) ?? asked;
      const object = this.world.get(World.key(type, call.scope, id));
      if (object === undefined) throw new Refusal(`Cannot import ${type} "${asked}"`, "There is no such object.");
      const state = copy(object.values);
      for (const name of hook.unreadable ?? []) state[name] = null;
      return {
        imported_resources: [{ type_name: type, state: wire(state), private: privateOf({ scope: call.scope, id }) }],
      };
    });
  }

  readData(request: WireRequest, peer: string): WireResponse {
    const type = typeOf(request);
    const call = this.call(type, peer);
    return guarded({}, () => {
      this.hooks.reach?.(call);
      return { state: wire(this.look("data_source_schemas", call, messageValue(request.config))) };
    });
  }

  openEphemeral(request: WireRequest, peer: string): WireResponse {
    const call = this.call(typeOf(request), peer);
    return guarded({}, () => {
      this.hooks.reach?.(call);
      return { result: wire(this.look("ephemeral_resource_schemas", call, messageValue(request.config))) };
    });
  }

  /** Data sources and ephemeral resources: everything that is not configured is looked up or made up. */
  private look(kind: SchemaKind, call: Call, config: Values | null): Values {
    const shape = this.schema.shape(kind, call.type);
    const planned = plan({ shape, hook: NO_HOOK, prior: null, proposed: config ?? {}, config: config ?? {} });
    if (kind === "data_source_schemas") this.hooks.dataSource?.(call.type)?.(planned.state, call);
    const seed = digestOf(this.schema.address, call.type, call.scope, JSON.stringify(config, printable));
    return fill(shape, planned.state, { seed, formatId: this.hooks.formatId });
  }

  private call(type: string, peer: string): Call {
    const provider = this.configurations.get(peer) ?? null;
    const scope = provider === null ? "" : (this.hooks.scope?.(provider) ?? "");
    return { world: this.world, clusters: this.clusters, scope, provider, type };
  }

  private hook(type: string): ResourceHook {
    return this.hooks.resource?.(type) ?? NO_HOOK;
  }

  private identity(bytes: unknown, { scope }: Call, state: Values): Identity {
    return identityOf(bytes instanceof Uint8Array ? bytes : undefined) ?? { scope, id: textAt(state, "id") };
  }
}

function typeOf(request: WireRequest): string {
  return String(request.type_name);
}

function messageValue(field: unknown): Values | null {
  const { msgpack } = (field ?? {}) as { msgpack?: Uint8Array };
  const value = decodeValue(msgpack);
  return isValues(value) ? value : null;
}

function wire(value: Value): { msgpack: Buffer } {
  return { msgpack: encodeValue(value) };
}

function printable(_name: string, value: unknown): unknown {
  return value === UNKNOWN ? "?" : typeof value === "bigint" ? String(value) : value;
}

function guarded(otherwise: WireResponse, run: () => WireResponse): WireResponse {
  try {
    return run();
  } catch (error) {
    return refused(otherwise, error);
  }
}

/** What the API refuses, or what did not come up behind it, is told as an error of Terraform; all else is a defect. */
function refused(otherwise: WireResponse, error: unknown): WireResponse {
  if (error instanceof Refusal) {
    return { ...otherwise, diagnostics: [{ severity: 1, summary: error.summary, detail: error.detail }] };
  }
  if (!(error instanceof Failure)) throw error;
  const [summary = "", ...detail] = error.message.split("\n");
  return { ...otherwise, diagnostics: [{ severity: 1, summary, detail: detail.join("\n") }] };
}

function attributePath(path: string): { steps: Record<string, string | number>[] } {
  const step = (name: string): Record<string, string | number> =>
    /^\d+$/.test(name) ? { element_key_int: Number(name) } : { attribute_name: name };
  return { steps: path.split(".").map(step) };
}
