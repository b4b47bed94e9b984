import { readFileSync } from "node:fs";
import path from "node:path";
import { readRoutes } from "../../cli/smoke/program/rows";
import { routesPage } from "../../tools/routes-page";
import { type TestRow, writeRoutes } from "../cli/smoke/support/program";
import { loadExample, synthesize, writeSynthesized } from "../helpers/examples";

const ROOT = path.resolve(__dirname, "../..");

describe("the page of routes", () => {
  const folder = writeSynthesized(synthesize(loadExample("acme")));
  const page = routesPage(folder);

  it("is current (else run `node tools/generate-routes-page.mjs`)", () => {
    expect(readFileSync(path.join(ROOT, "docs", "routes.md"), "utf8")).toBe(page);
  });

  it("has a table for every host, with every row, class and priority", () => {
    const { rows } = readRoutes(folder);
    const sections = new Map(page.split(/^## /m).map((text) => [text.split("\n")[0] ?? "", text]));
    for (const { host, path: at, match, class: kind, rendered } of rows) {
      const lines = (sections.get(host) ?? "").split("\n").map((line) => line.replaceAll(/ +/g, " "));
      const wanted = lines.filter(
        (line) => line.startsWith(`| \`${at}\` | ${match} | `) && line.includes(` | ${kind} | `),
      );
      expect(wanted.some((line) => line.includes(` | ${rendered.priority} | `))).toBe(true);
    }
  });

  it("links to sections that are there", () => {
    const anchors = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = ""]) => anchor);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, text = ""]) =>
      text.replaceAll(/[^\w-]/g, "").toLowerCase(),
    );
    expect(anchors.length).toBeGreaterThan(3);
    expect(headings).toEqual(expect.arrayContaining(anchors));
  });
});

it("a row shows its gate, limits and what happens to headers and path", () => {
  const rows: readonly TestRow[] = [
    { host: "shop.example", path: "/*", class: "gated", middlewares: ["rate", "hsts"] },
    { host: "shop.example", path: "/secret/*", class: "denied" },
  ];
  const lines = routesPage(writeRoutes(rows))
    .split("\n")
    .map((line) => line.replaceAll(/ +/g, " "));
  expect(lines).toContain(
    "| `/` | prefix | every | gated | `http://oauth2-proxy.gate-main/oauth2/main/auth` | `backend:3000` | 10000 | 50 requests/s, burst 200 | without C1; from the gate `X-Auth-Request-User`; HSTS for 31536000 s |",
  );
  expect(lines).toContain(
    "| `/secret` | prefix | every | denied | - | none | 40140 | - | refused with 403 (fallback 418) |",
  );
});
