import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CheckResult } from "../../cli/smoke/checks/result";
import { readRoutes } from "../../cli/smoke/program/rows";
import { Servers } from "../../sandbox/live/servers";
import { requireTools } from "../../sandbox/tools/find";
import { TestAuthority } from "../cli/smoke/support/certificates";
import { SESSION } from "../cli/smoke/support/gateway";
import { runSmoke } from "../cli/smoke/support/smoke";
import { startTraefik, type TraefikOptions } from "../cli/smoke/support/traefik";
import { loadExample, synthesize, writeSynthesized } from "../helpers/examples";

jest.setTimeout(120_000);

/** `strata smoke` against the real Traefik, which serves the routes of the example organisation as they are rendered. */
const program = writeSynthesized(synthesize(loadExample("acme")));
const hosts = [...new Set(readRoutes(program).rows.map(({ host }) => host))];
const folder = mkdtempSync(path.join(tmpdir(), "strata-smoke-"));
const ca = path.join(folder, "ca.pem");
const servers = new Servers();
let common: Omit<TraefikOptions, "change">;

beforeAll(async () => {
  const command = requireTools(["traefik"]).get("traefik") ?? "";
  const authority = await TestAuthority.create();
  writeFileSync(ca, authority.certificate);
  const [host = ""] = hosts;
  const signed = { authority: authority.certificate, certificate: await authority.issue(hosts), host };
  common = { servers, command, folder, program, ...signed };
});

afterAll(async () => {
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Smokes an environment, and says what failed. */
async function smoke(environment: string, change?: TraefikOptions["change"]) {
  const traefik = await startTraefik({ ...common, change });
  try {
    const pinned = hosts.flatMap((host) => ["--resolve", `${host}=127.0.0.1:${traefik.port}`]);
    // Nobody listens on port 1: as on a load balancer without plain HTTP.
    const flags = [
      "--dir",
      program,
      "--ca",
      ca,
      "--http-port",
      "1",
      "--session-cookie",
      "env:SESSION",
      "--all-methods",
    ];
    const args = [environment, "--platform", "--json", ...flags, ...pinned];
    const { code, out } = await runSmoke(args, { env: { SESSION } });
    const { checks }: { checks: readonly CheckResult[] } = JSON.parse(out);
    const failed = checks.filter(({ verdict }) => verdict !== "ok");
    return { code, checks, failed: failed.map(({ row, check, problem }) => `${row} | ${check} | ${problem}`) };
  } finally {
    await traefik.stop();
  }
}

it.each(["staging", "prod"])("finds nothing wrong with the routes of %s as they are rendered", async (environment) => {
  const { code, failed, checks } = await smoke(environment);
  expect({ code, failed }).toEqual({ code: 0, failed: [] });
  expect(checks.length).toBeGreaterThan(250);
});

it("finds a gate that is down, which lets nobody in", async () => {
  const gone = { forwardAuth: { address: "http://127.0.0.1:1/" } };
  const { code, failed } = await smoke("staging", (_, object) => ("forwardAuth" in object ? gone : object));
  expect(code).toBe(2);
  expect(failed).toEqual(
    expect.arrayContaining(["/* | browser | down", "/* | with a session | down", "/api/* | XHR | down"]),
  );
  expect(failed.filter((each) => /open|forged$/.test(each))).toEqual([]);
});

it("finds a gated route whose middleware is not there: the gateway drops the route", async () => {
  const { failed } = await smoke("staging", (_, object) => ("forwardAuth" in object ? undefined : object));
  expect(failed).toContain("/* | browser | missing");
});

it("finds a gated route that was made without its gate", async () => {
  const open = (names: unknown) =>
    Array.isArray(names) ? names.filter((name) => !String(name).includes("-gate-")) : [];
  const { failed } = await smoke("staging", (kind, object) =>
    kind === "router" ? { ...object, middlewares: open(object.middlewares) } : object,
  );
  expect(failed).toEqual(expect.arrayContaining(["/* | browser | open", "/api/* | XHR | open"]));
});

it("finds a denied route that was lost", async () => {
  const { failed } = await smoke("staging", (_, object) =>
    String(object.rule).includes("/api/metrics") ? undefined : object,
  );
  expect(failed).toContain("/api/metrics/* | browser | open");
});

it("finds headers of claimed identity that are not stripped", async () => {
  const { failed } = await smoke("staging", (_, object, name) =>
    name.endsWith("-strip-headers") ? { headers: { customRequestHeaders: { "X-Harmless": "" } } } : object,
  );
  expect(failed.filter((each) => each.endsWith("| forged headers | forged")).length).toBeGreaterThan(10);
});
