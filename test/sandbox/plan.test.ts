import { fill } from "../../sandbox/providers/engine/fill";
import { plan } from "../../sandbox/providers/engine/plan";
import type { ResourceHook } from "../../sandbox/providers/hooks/types";
import { type BlockJson, type Shape, shapeOf } from "../../sandbox/providers/schema/model";
import { UNKNOWN, type Values } from "../../sandbox/providers/wire/values";

const BLOCK: BlockJson = {
  attributes: {
    name: { type: "string", required: true },
    size: { type: "number", optional: true },
    id: { type: "string", computed: true },
    address: { type: "string", optional: true, computed: true },
    secret_wo: { type: "string", optional: true, write_only: true },
    settings: {
      nested_type: { nesting_mode: "single", attributes: { mode: { type: "string", optional: true, computed: true } } },
      optional: true,
    },
  },
  block_types: {
    pool: {
      nesting_mode: "list",
      block: { attributes: { label: { type: "string", required: true }, id: { type: "string", computed: true } } },
    },
    tag: {
      nesting_mode: "set",
      block: { attributes: { key: { type: "string", required: true }, id: { type: "string", computed: true } } },
    },
  },
};
const SHAPE: Shape = shapeOf({ version: 0, block: BLOCK });
const CONFIG: Values = {
  name: "a",
  size: null,
  id: null,
  address: null,
  secret_wo: null,
  settings: null,
  pool: [{ label: "one", id: null }],
  tag: [{ key: "k", id: null }],
};
const STATE: Values = {
  ...CONFIG,
  id: "id-1",
  address: "10.0.0.1",
  pool: [{ label: "one", id: "p-1" }],
  tag: [{ key: "k", id: "t-1" }],
};

function planned(
  proposed: Values,
  prior: Values | null,
  hook: ResourceHook = {},
  config = proposed,
): ReturnType<typeof plan> {
  return plan({ shape: SHAPE, hook, prior, proposed, config });
}

describe("planning a new object", () => {
  test("leaves what the API decides unknown, in blocks too", () => {
    const { state, replace } = planned(CONFIG, null);
    expect(state).toMatchObject({
      id: UNKNOWN,
      address: UNKNOWN,
      pool: [{ label: "one", id: UNKNOWN }],
      tag: [{ id: UNKNOWN }],
    });
    expect(replace).toEqual([]);
  });

  test("keeps what is configured and leaves out what is not", () => {
    const { state } = planned({ ...CONFIG, address: "10.0.0.9" }, null);
    expect(state).toMatchObject({ name: "a", address: "10.0.0.9", size: null, settings: null });
  });

  test("never plans a write-only value", () => {
    expect(planned({ ...CONFIG, secret_wo: "s3cret" }, null).state.secret_wo).toBeNull();
  });

  test("plans the computed part of a nested attribute that is configured", () => {
    expect(planned({ ...CONFIG, settings: { mode: null } }, null).state.settings).toEqual({ mode: UNKNOWN });
  });

  test("uses the provider's defaults where nothing is configured", () => {
    const hook = { defaults: { size: 3, "pool.label": "unused" } };
    expect(planned(CONFIG, null, hook).state).toMatchObject({ size: 3, pool: [{ label: "one" }] });
    expect(planned({ ...CONFIG, size: 9 }, null, hook).state.size).toBe(9);
  });
});

describe("planning a change", () => {
  test("changes nothing when nothing changed", () => {
    expect(planned(STATE, STATE).state).toEqual(STATE);
  });

  test("leaves only new elements unknown", () => {
    const proposed = {
      ...STATE,
      pool: [
        { label: "one", id: "p-1" },
        { label: "two", id: null },
      ],
      tag: [
        { key: "k", id: "t-1" },
        { key: "new", id: null },
      ],
    };
    expect(planned(proposed, STATE).state).toMatchObject({
      id: "id-1",
      pool: [{ id: "p-1" }, { id: UNKNOWN }],
      tag: [{ id: "t-1" }, { key: "new", id: UNKNOWN }],
    });
  });

  test("keeps a computed null of the prior state", () => {
    const prior = { ...STATE, address: null };
    expect(planned({ ...prior, size: 2 }, prior).state.address).toBeNull();
  });

  test("falls back to a default when the configuration drops a value", () => {
    const { state } = planned(
      { ...STATE, address: "old" },
      { ...STATE, address: "old" },
      { defaults: { address: "" } },
      CONFIG,
    );
    expect(state.address).toBe("");
  });

  test("recomputes what follows from everything else", () => {
    expect(planned({ ...STATE, size: 5 }, STATE, { recomputed: ["address"] }).state.address).toBe(UNKNOWN);
    expect(planned(STATE, STATE, { recomputed: ["address"] }).state.address).toBe("10.0.0.1");
  });
});

describe("planning a replacement", () => {
  test("names the paths that changed and no others", () => {
    const hook = { forceNew: ["name", "size", "pool.label"] };
    expect(planned({ ...STATE, name: "b" }, STATE, hook).replace).toEqual(["name"]);
    expect(planned({ ...STATE, pool: [{ label: "two", id: "p-1" }] }, STATE, hook).replace).toEqual(["pool.0.label"]);
    expect(planned(STATE, STATE, hook).replace).toEqual([]);
  });

  test("ends a path at a set, whose elements have no address", () => {
    const proposed = { ...STATE, tag: [{ key: "other", id: null }] };
    expect(planned(proposed, STATE, { forceNew: ["tag.key"] }).replace).toEqual(["tag"]);
  });

  test("a new object is never a replacement", () => {
    expect(planned(CONFIG, null, { forceNew: ["name"] }).replace).toEqual([]);
  });
});

describe("filling what is only known after apply", () => {
  const source = { seed: "seed", formatId: (digest: string) => digest.slice(0, 8) };

  test("makes the same values for the same seed and others for another", () => {
    const { state } = planned(CONFIG, null);
    expect(fill(SHAPE, state, source)).toEqual(fill(SHAPE, state, source));
    expect(fill(SHAPE, state, source).id).not.toBe(fill(SHAPE, state, { ...source, seed: "other" }).id);
  });

  test("gives every element its own values", () => {
    const { state } = planned(
      {
        ...CONFIG,
        pool: [
          { label: "a", id: null },
          { label: "a", id: null },
        ],
      },
      null,
    );
    const [one, two] = fill(SHAPE, state, source).pool as Values[];
    expect(one?.id).toMatch(/^[0-9a-f]{8}$/);
    expect(one?.id).not.toBe(two?.id);
  });
});
