import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CheckResult } from "../../cli/smoke/checks/result";
import { isJsonObject, type JsonObject } from "../../constructs/core/json";
import { CLOUDFLARE, type LoadBalancer, startLoadBalancer } from "../../sandbox/live/traffic";
import { runSmoke } from "../cli/smoke/support/smoke";
import { loadExample, synthesize, writeSynthesized } from "../helpers/examples";
import { at, list } from "../helpers/releases";
import { describeWithPrograms } from "./support/programs";
import { PROGRAMS, STRANGER, World } from "./support/route/world";
import { until } from "./support/until";

jest.setTimeout(120_000);

/** `strata smoke` against the real Traefik and the real gates, which run as the example organisation renders them. */
const program = writeSynthesized(synthesize(loadExample("acme")));
const folder = mkdtempSync(path.join(tmpdir(), "strata-smoke-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A deployment that `strata smoke` looks at from outside. */
class Deployment {
  readonly world: World;
  private readonly balancers = new Map<string, LoadBalancer>();
  private readonly ca: string;

  constructor(
    private readonly environment: string,
    cluster: string,
  ) {
    this.world = new World("acme", cluster);
    this.ca = path.join(folder, `${cluster}.pem`);
  }

  async start(): Promise<void> {
    await this.world.start();
    const { traefik, certificateAuthority } = this.world.traffic;
    writeFileSync(this.ca, certificateAuthority);
    for (const [name, peer] of [["edge", { address: CLOUDFLARE }] as const, ["machine", STRANGER] as const]) {
      this.balancers.set(name, await startLoadBalancer(traefik.ports.get(name) ?? 0, peer));
    }
  }

  async stop(): Promise<void> {
    for (const balancer of this.balancers.values()) await balancer.stop();
    await this.world.stop();
  }

  /** Smokes the environment, and says what failed; what it stands on is smoked where that runs in the same cluster. */
  async smoke(...more: string[]) {
    const { tables } = this.world.rendered;
    const pinned = tables.flatMap(({ host, entryPoint }) => [
      "--resolve",
      `${host}=127.0.0.1:${this.balancers.get(entryPoint)?.port}`,
    ]);
    // Nobody listens on port 1: as on a load balancer without plain HTTP.
    const place = ["--dir", program, "--ca", this.ca, "--http-port", "1", ...pinned];
    const flags = ["--json", "--session-cookie", "env:SESSION", "--all-methods", ...more];
    // Gates have cookies of their own.
    const sessions = await Promise.all(this.world.gated.map((table) => this.world.member(table)));
    const session = [...new Set(sessions)].join("; ");
    const { code, out, err } = await runSmoke([this.environment, ...place, ...flags], { env: { SESSION: session } });
    if (out === "") throw new Error(err);
    const { checks }: { checks: readonly CheckResult[] } = JSON.parse(out);
    const failed = checks.filter(({ verdict }) => verdict !== "ok");
    return { code, checks, failed: failed.map(({ row, check, problem }) => `${row} | ${check} | ${problem}`) };
  }
}

describeWithPrograms("strata smoke, against", PROGRAMS, () => {
  describe("an environment of its own cluster", () => {
    const prod = new Deployment("prod", "prod");
    beforeAll(() => prod.start());
    afterAll(() => prod.stop());

    test("finds nothing wrong with its routes as they are rendered", async () => {
      const { code, failed, checks } = await prod.smoke();
      expect({ code, failed }).toEqual({ code: 0, failed: [] });
      expect(checks.length).toBeGreaterThan(250);
    });
  });

  describe("an environment of the central cluster", () => {
    const staging = new Deployment("staging", "platform");
    const { world } = staging;
    const application = world.rendered.objects.filter(
      (object) => at(object, "metadata", "namespace") === world.application.namespace,
    );
    const one = (what: string, is: (object: JsonObject) => boolean): JsonObject => {
      const found = application.find(is);
      if (found === undefined) throw new Error(`The application has no ${what}.`);
      return found;
    };
    const route = one("route", ({ kind }) => kind === "IngressRoute");
    const forwards = (object: JsonObject) => at(object, "spec", "forwardAuth") !== undefined;
    const { host } = world.application;
    beforeAll(() => staging.start());
    afterAll(() => staging.stop());

    /** What a page answers a stranger: by this it is seen that a change was taken. */
    const answerOf = async (page: string) =>
      (await world.visit(world.application).send({ host, path: page, headers: { accept: "text/html" } })).status;

    /** Smokes while the route is another one. */
    async function withRules(change: (rule: JsonObject) => JsonObject | undefined, page: string, status: number) {
      const rules = list(at(route, "spec", "routes")).flatMap((rule) => change(rule) ?? []);
      const spec = isJsonObject(route.spec) ? route.spec : {};
      return world.traffic.objects.instead(route, { ...route, spec: { ...spec, routes: rules } }, async () => {
        await until(async () => (await answerOf(page)) === status, 10_000);
        return staging.smoke();
      });
    }
    afterEach(() => until(async () => (await answerOf("/dashboard")) === 302, 10_000));

    test("finds nothing wrong with the routes as they are rendered", async () => {
      const { code, failed, checks } = await staging.smoke("--platform");
      expect({ code, failed }).toEqual({ code: 0, failed: [] });
      expect(checks.length).toBeGreaterThan(250);
    });

    test("finds a gate that is down, which lets nobody in", async () => {
      const { code, failed } = await world.traffic.network.during(world.gate.host, { kind: "down" }, () =>
        staging.smoke(),
      );
      expect(code).toBe(2);
      expect(failed).toEqual(
        expect.arrayContaining([
          "/* | browser | down",
          "/* | with a session | down",
          "GET, POST /api/trpc/* | program | down",
        ]),
      );
      expect(failed.filter((each) => /open|forged$/.test(each))).toEqual([]);
    });

    test("finds a gated route whose middlewares are not there: nobody gets in", async () => {
      const [page, script] = application.filter(forwards);
      if (page === undefined || script === undefined) throw new Error("The gate has no two middlewares.");
      const { objects } = world.traffic;
      const { failed } = await objects.without(page, () =>
        objects.without(script, async () => {
          await until(async () => (await answerOf("/dashboard")) === 404, 10_000);
          return staging.smoke();
        }),
      );
      expect(failed).toContain("/* | browser | missing");
      expect(failed.filter((each) => /open$/.test(each))).toEqual([]);
    });

    test("finds a gated route that was made without its gate", async () => {
      const ungated = (rule: JsonObject): JsonObject => ({
        ...rule,
        middlewares: list(rule.middlewares).filter(({ name }) => !String(name).includes("-gate-")),
      });
      const { failed } = await withRules(ungated, "/dashboard", 200);
      expect(failed).toEqual(expect.arrayContaining(["/* | browser | open", "GET, POST /api/trpc/* | program | open"]));
    });

    test("finds a denied route that was lost", async () => {
      const { failed } = await withRules(
        (rule) => (String(rule.match).includes("/api/metrics") ? undefined : rule),
        "/api/metrics",
        302,
      );
      expect(failed).toContain("/api/metrics/* | browser | open");
    });

    test("finds headers of claimed identity that are not stripped", async () => {
      const strip = one(
        "strip",
        ({ metadata }) => isJsonObject(metadata) && /strip-headers$/.test(String(metadata.name)),
      );
      const harmless = { ...strip, spec: { headers: { customRequestHeaders: { "X-Harmless": "" } } } };
      const [open] = world.application.routes.filter((row) => row.class === "public");
      const asked = { host, path: open?.path ?? "/", method: open?.methods?.[0], headers: { "x-remote-user": "x" } };
      const { failed } = await world.traffic.objects.instead(strip, harmless, async () => {
        await until(async () => {
          const answer = await world.visit(world.application).send(asked);
          return world.received(answer).some(({ headers }) => headers["x-remote-user"] === "x");
        }, 10_000);
        return staging.smoke();
      });
      expect(failed.filter((each) => each.endsWith("| forged headers | forged")).length).toBeGreaterThan(5);
    });
  });
});
