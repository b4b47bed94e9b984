import { GATED, OPEN, untyped, withTable } from "./support/spoiled";

jest.setTimeout(120_000);

describe("a route table that is put together wrongly is refused", () => {
  test("a gated route with no gate", () => {
    expect(withTable({ routes: [{ ...GATED, gate: "staff" }] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          gated route new (new.acme.example/new) names a gate that the cluster does not have (found "staff"). Use one of main."
    `);
  });

  test("a public route with a gate, in JavaScript", () => {
    expect(withTable({ routes: [untyped({ ...OPEN, gate: "main" })] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          public route open (new.acme.example/open) names a gate, and would be reachable without it (found "main"). Make it gated, or leave the gate out."
    `);
  });

  test("two rows of different class that match the same requests", () => {
    expect(withTable({ routes: [OPEN, { ...GATED, path: "/open" }] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          routes open (public) and new (gated) match the same requests (found "/open"). Keep one of them, or split them by methods or path."
    `);
  });

  test("a gated row inside the prefix of a public one", () => {
    expect(withTable({ routes: [OPEN, { ...GATED, path: "/open/admin" }] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          route new (gated) never gets a request: open (public) wins wherever it matches (found "/open/admin"). Narrow open, or remove new."
    `);
  });

  test("rows of one class that nothing tells apart, and lead to different places", () => {
    const other = {
      ...OPEN,
      name: "other",
      backend: { service: "op-api", port: 3000 },
    };
    expect(withTable({ routes: [OPEN, other] })).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          routes open (public) and other (public) match the same requests (found "/open"). Keep one of them, or split them by methods or path."
    `);
  });

  test("a row that is hidden by a denied one", () => {
    const denied = {
      name: "shut",
      class: "denied",
      path: "/open",
      match: "prefix",
    } as const;
    expect(
      withTable({
        routes: [denied, { ...OPEN, path: "/open/file", match: "exact" }],
      }),
    ).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/second
          route open (public) never gets a request: shut (denied) wins wherever it matches (found "/open/file"). Narrow shut, or remove open."
    `);
  });
});
