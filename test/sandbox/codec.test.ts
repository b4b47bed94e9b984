import { decodeValue, encodeValue } from "../../sandbox/providers/wire/codec";
import { parseJson } from "../../sandbox/providers/wire/state-json";
import { Dynamic, isKnown, keyOf, same, UNKNOWN, Unknown, type Value } from "../../sandbox/providers/wire/values";

function roundTrip(value: Value): Value {
  return decodeValue(encodeValue(value));
}

describe("the codec of Terraform values", () => {
  test.each<[string, Value]>([
    ["null", null],
    ["text", "äöü 🚀"],
    ["a boolean", true],
    ["a small number", 7],
    ["a negative number", -40_000],
    ["a number beyond 32 bits", 1_767_225_600_000],
    ["a list", ["a", null, "b"]],
    ["an object with nulls", { a: null, b: { c: [1, 2] } }],
    ["an empty collection", { list: [], map: {} }],
  ])("keeps %s", (_, value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  test("writes an unknown value as the three bytes that Terraform uses", () => {
    expect(encodeValue(UNKNOWN)).toEqual(Buffer.from("d40000", "hex"));
    expect(decodeValue(Buffer.from("d40000", "hex"))).toBe(UNKNOWN);
  });

  test("sends a refined unknown value back as it came", () => {
    const refined = Buffer.from("c7030c8101c3", "hex");
    const value = decodeValue(refined);
    expect(value).toBeInstanceOf(Unknown);
    expect(encodeValue(value)).toEqual(refined);
  });

  test("keeps unknown values inside of collections", () => {
    expect(roundTrip({ a: [UNKNOWN, "x"] })).toEqual({ a: [UNKNOWN, "x"] });
  });

  test("keeps the type of a dynamic value with it", () => {
    const value = new Dynamic(["object", { a: "string", b: ["list", "number"] }], { a: "x", b: [1, 2] });
    expect(roundTrip({ manifest: value })).toEqual({ manifest: value });
  });

  test("keeps a null inside of a dynamic value apart from no value", () => {
    expect(roundTrip([new Dynamic("string", null), null])).toEqual([new Dynamic("string", null), null]);
  });

  test("sends fractions as decimal text, so that 0.1 stays 0.1", () => {
    expect(roundTrip(0.1)).toBe("0.1");
  });

  test("keeps integers that JavaScript would round", () => {
    const large = 18_446_744_073_709_551_615n;
    expect(roundTrip(large)).toBe(large);
    expect(roundTrip("340282366920938463463374607431768211456")).toBe("340282366920938463463374607431768211456");
  });

  test("reads no bytes as null", () => {
    expect(decodeValue(undefined)).toBeNull();
    expect(decodeValue(new Uint8Array())).toBeNull();
  });
});

describe("state JSON", () => {
  test("keeps large integers as text and leaves digits inside of strings alone", () => {
    expect(parseJson('{"a":12345678901234567890,"b":"12345678901234567890","c":1.5,"d":42}')).toEqual({
      a: "12345678901234567890",
      b: "12345678901234567890",
      c: 1.5,
      d: 42,
    });
  });
});

describe("comparing values", () => {
  test("does not depend on the order of attributes", () => {
    expect(same({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(same(["a", "b"], ["b", "a"])).toBe(false);
  });

  test("tells a number from the text of it", () => {
    expect(keyOf(1)).not.toBe(keyOf("1"));
  });

  test("finds unknown values wherever they are", () => {
    expect(isKnown({ a: [new Dynamic("string", UNKNOWN)] })).toBe(false);
    expect(isKnown({ a: [new Dynamic("string", "x")] })).toBe(true);
  });
});
