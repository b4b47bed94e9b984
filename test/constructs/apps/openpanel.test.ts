import type { AppPlacement } from "../../../constructs/apps/app";
import { OPENPANEL, type OpenPanelSettings } from "../../../constructs/apps/openpanel";
import { at, list } from "../data/objects";
import { DIGESTS, deployment, PLACEMENT, pod, rendered, SETTINGS, SMTP, variables } from "./support/openpanel";

describe("the dashboard", () => {
  test("gets exactly its five public variables, because it prints them all", () => {
    expect(variables("dashboard", { smtp: SMTP, environment: { LOG_LEVEL: "debug" } })).toEqual({
      NODE_ENV: "production",
      SELF_HOSTED: "true",
      API_URL: "https://openpanel-staging.acme.example/api",
      API_URL_SSR: "http://op-api.openpanel-staging.svc.cluster.local:3000",
      DASHBOARD_URL: "https://openpanel-staging.acme.example",
    });
  });

  test("refers to no secret in any way", () => {
    expect(JSON.stringify(pod("dashboard"))).not.toMatch(/secret/i);
  });
});

describe("a connection pooler in front of PostgreSQL", () => {
  const hosts = (placement: Partial<AppPlacement>) => {
    const [stores] = OPENPANEL.deliveries({ ...PLACEMENT, ...placement }, SETTINGS);
    return ["DATABASE_URL", "DATABASE_URL_DIRECT"].map(
      (key) => /@\{\{ \.(\w+) \}\}/.exec(stores?.template?.[key] ?? "")?.[1],
    );
  };
  const keys = (placement: Partial<AppPlacement>) =>
    OPENPANEL.secrets({ ...PLACEMENT, ...placement }, SETTINGS).flatMap((secret) => Object.entries(secret.keys));

  test("is what the application connects to, and migrations go past it", () => {
    const poolerHost = "postgresql-pooler.data-staging.svc.cluster.local";
    expect(hosts({ poolerHost })).toEqual(["postgres_pooler_host", "postgres_host"]);
    expect(keys({ poolerHost })).toContainEqual(["postgres_pooler_host", { kind: "fixed", value: poolerHost }]);
  });

  test("is told to Prisma, which prepares no statements then; migrations are told nothing", () => {
    const poolerHost = "postgresql-pooler.data-staging.svc.cluster.local";
    for (const { template } of OPENPANEL.deliveries({ ...PLACEMENT, poolerHost }, SETTINGS)) {
      if (template?.DATABASE_URL === undefined) continue;
      expect(template.DATABASE_URL).toMatch(/\?schema=public&sslmode=require&pgbouncer=true$/);
      expect(template.DATABASE_URL_DIRECT).toMatch(/\?schema=public&sslmode=require$/);
    }
  });

  test("is nowhere where there is none", () => {
    expect(hosts({})).toEqual(["postgres_host", "postgres_host"]);
    expect(JSON.stringify(keys({}))).not.toContain("pooler");
    expect(JSON.stringify(OPENPANEL.deliveries(PLACEMENT, SETTINGS))).not.toContain("pgbouncer");
  });
});

describe("api and worker", () => {
  test("take every credential from the delivered secrets", () => {
    for (const name of ["api", "worker"]) {
      const references = list(pod(name), "containers.0.env").filter((each) => each.valueFrom !== undefined);
      expect(references.map((each) => [each.name, at(each, "valueFrom.secretKeyRef.name")])).toEqual([
        ["DATABASE_URL", "openpanel-stores"],
        ["DATABASE_URL_DIRECT", "openpanel-stores"],
        ["REDIS_URL", "openpanel-stores"],
        ["CLICKHOUSE_URL", "openpanel-stores"],
        ["COOKIE_SECRET", "openpanel-runtime"],
        ["ENCRYPTION_KEY", "openpanel-runtime"],
      ]);
    }
  });

  test("are closed: no registration, a cookie of this host only, an address that only the edge sets", () => {
    expect(variables("api")).toMatchObject({
      SELF_HOSTED: "true",
      ALLOW_REGISTRATION: "false",
      CUSTOM_COOKIE_DOMAIN: "openpanel-staging.acme.example",
      IP_HEADER_ORDER: "cf-connecting-ip",
    });
    expect(variables("api", {}, { proxied: false }).IP_HEADER_ORDER).toBe("x-real-ip");
    expect(variables("worker")).toMatchObject({ DISABLE_BULLBOARD: "1", DISABLE_PING: "1" });
  });

  test("start no migration: they run what their image runs", () => {
    for (const name of ["api", "dashboard", "worker"]) expect(at(pod(name), "containers.0.command")).toBeUndefined();
  });
});

describe("every workload", () => {
  test.each(["api", "dashboard", "worker"])(
    "%s runs without rights, on a read-only file system, in one version",
    (name) => {
      expect(at(pod(name), "automountServiceAccountToken")).toBe(false);
      expect(at(pod(name), "securityContext")).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(at(pod(name), "containers.0.securityContext")).toMatchObject({ readOnlyRootFilesystem: true });
      expect(at(pod(name), "containers.0.image")).toBe(`lindesvard/openpanel-${name}:2.3.0`);
    },
  );

  test("is pinned to its digest where there is one", () => {
    for (const name of ["api", "dashboard", "worker"] as const) {
      expect(at(pod(name, { digests: DIGESTS }), "containers.0.image")).toBe(
        `lindesvard/openpanel-${name}:2.3.0@${DIGESTS[name]}`,
      );
    }
  });

  test.each(["api", "dashboard", "worker"])("%s states requests and limits of every kind, as quotas ask", (name) => {
    for (const kind of ["requests", "limits"]) {
      expect(Object.keys(Object(at(pod(name), `containers.0.resources.${kind}`))).sort()).toEqual([
        "cpu",
        "ephemeral-storage",
        "memory",
      ]);
    }
  });

  test.each(["api", "dashboard", "worker"])("%s says that a rollout is stuck before Helm gives up", (name) => {
    const deadline = Number(at(deployment(name), "spec.progressDeadlineSeconds"));
    const { periodSeconds, failureThreshold } = Object(at(pod(name), "containers.0.startupProbe"));
    expect(deadline).toBeLessThan(Number(rendered().release("openpanel").timeout));
    expect(deadline).toBeGreaterThan(periodSeconds * failureThreshold);
    expect(at(deployment(name), "spec.revisionHistoryLimit")).toBe(3);
  });

  test.each(["api", "dashboard", "worker"])("%s is spread over the nodes, and replaced one by one", (name) => {
    expect(list(pod(name), "topologySpreadConstraints")).toEqual([
      expect.objectContaining({ topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }),
    ]);
    expect(at(deployment(name), "spec.strategy.rollingUpdate")).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });

  test.each(["api", "dashboard", "worker"])("%s can be drained and ends in peace", (name) => {
    const budget = rendered().object("openpanel", "PodDisruptionBudget", `op-${name}`);
    expect(at(budget, "spec")).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" });
    expect(at(budget, "spec.selector")).toEqual(at(deployment(name), "spec.selector"));
    // The pre-stop pause and the 20 s after which the worker, the slowest, gives up by itself.
    expect(Number(at(pod(name), "terminationGracePeriodSeconds"))).toBeGreaterThan(5 + 20);
    expect(at(pod(name), "containers.0.lifecycle.preStop.sleep.seconds")).toBeGreaterThan(0);
  });

  test("is not restarted because a store is away", () => {
    for (const name of ["api", "worker"]) {
      expect(at(pod(name), "containers.0.livenessProbe.httpGet.path")).toBe("/healthz/live");
      expect(at(pod(name), "containers.0.readinessProbe.httpGet.path")).toBe("/healthz/ready");
    }
  });
});

describe("the migration", () => {
  const job = (settings: Partial<OpenPanelSettings> = {}) => rendered(settings).object("openpanel-migration", "Job");
  const container = () => at(job(), "spec.template.spec.containers.0");

  test("is one Job for each version, whatever else changes", () => {
    const name = (settings: Partial<OpenPanelSettings> = {}) => at(job(settings), "metadata.name");
    expect(name()).toMatch(/^op-migrate-2-3-0-[0-9a-f]{8}$/);
    expect(name({ replicas: { ...SETTINGS.replicas, dashboard: 5 }, environment: { LOG_LEVEL: "debug" } })).toBe(
      name(),
    );
    expect(name({ version: "2.4.0" })).not.toBe(name());
  });

  test("is one Job for each digest of the API's image, which it runs", () => {
    const other = { ...DIGESTS, api: DIGESTS.worker };
    const names = [undefined, DIGESTS, other].map((digests) => at(job(digests && { digests }), "metadata.name"));
    expect(new Set(names).size).toBe(3);
    expect(at(job({ digests: DIGESTS }), "spec.template.spec.containers.0.image")).toBe(
      `lindesvard/openpanel-api:2.3.0@${DIGESTS.api}`,
    );
    const { worker } = other;
    expect(at(job({ digests: { ...DIGESTS, dashboard: worker } }), "metadata.name")).toBe(names[1]);
  });

  test("stays where it is until somebody deletes it, whatever became of it", () => {
    expect(at(job(), "metadata.annotations")).toEqual({ "helm.sh/resource-policy": "keep" });
    expect(at(job(), "spec.ttlSecondsAfterFinished")).toBeUndefined();
  });

  test("is never tried again and never killed halfway", () => {
    expect(at(job(), "spec.backoffLimit")).toBe(0);
    expect(at(job(), "spec.template.spec.restartPolicy")).toBe("Never");
    expect(at(job(), "spec.activeDeadlineSeconds")).toBeUndefined();
  });

  test("completes before the workloads of its version are applied; the old version serves if it does not", () => {
    const release = rendered().release("openpanel-migration");
    expect(release).toMatchObject({ wait: true, wait_for_jobs: true, atomic: false, upgrade_install: false });
    expect(rendered().release("openpanel").depends_on).toContainEqual(
      expect.stringMatching(/helm_release\.openpanel_migration/),
    );
    // What it depends on has no workload in it, so a failure leaves those of the old version as they are.
    expect(rendered().objects("openpanel-migration")).toEqual([expect.objectContaining({ kind: "Job" })]);
    expect(
      rendered()
        .objects("openpanel")
        .map(({ kind }) => kind),
    ).not.toContain("Job");
  });

  test("ships its output with the passwords of all URLs taken out", () => {
    const [filter] = /sed -u -E '(.*)'/.exec(String(at(container(), "command.2")))?.slice(1) ?? [];
    const [, pattern = "", replacement = ""] = /^s#(.*)#(.*)#g$/.exec(filter ?? "") ?? [];
    const javascript = new RegExp(pattern.replace("[:space:]", "\\s"), "g");
    const filtered = "│  POSTGRES:   postgresql://u:p%40ss@h:5432/db".replace(
      javascript,
      replacement.replace("\\1", "$1"),
    );
    expect(filtered).toBe("│  POSTGRES:   postgresql://***@h:5432/db");
  });

  test("fails when the migration fails, not when the filter does", () => {
    expect(at(container(), "command")).toEqual(["/bin/bash", "-c", expect.stringContaining("set -euo pipefail")]);
  });

  test("logs in to ClickHouse as the user that may change the schema", () => {
    expect(list(container(), "env")).toContainEqual({
      name: "CLICKHOUSE_URL",
      valueFrom: { secretKeyRef: { name: "openpanel-migration", key: "CLICKHOUSE_URL" } },
    });
  });

  test("runs without root, on a copy of the folder that it writes to", () => {
    expect(at(job(), "spec.template.spec.securityContext.runAsNonRoot")).toBe(true);
    expect(at(container(), "securityContext.readOnlyRootFilesystem")).toBe(true);
    expect(list(container(), "volumeMounts")).toContainEqual({
      name: "code-migrations",
      mountPath: "/app/packages/db/code-migrations",
    });
  });
});

describe("secrets", () => {
  const declarations = (settings: Partial<OpenPanelSettings> = {}) =>
    OPENPANEL.secrets(PLACEMENT, { ...SETTINGS, ...settings });
  const [stores, runtime] = declarations();

  test("have the key names of seed 000, with the values that work", () => {
    expect(stores?.path).toBe("staging/openpanel");
    expect(stores?.keys).toMatchObject({
      postgres_host: { kind: "fixed", value: "postgresql.data-staging.svc.cluster.local" },
      postgres_port: { kind: "fixed", value: "5432" },
      postgres_user: { kind: "fixed", value: "openpanel" },
      postgres_password: { kind: "generated" },
      postgres_database: { kind: "fixed", value: "openpanel" },
      redis_host: { kind: "fixed", value: "redis-master.data-staging.svc.cluster.local" },
      redis_port: { kind: "fixed", value: "6379" },
      redis_password: { kind: "generated" },
      clickhouse_host: { kind: "fixed", value: "clickhouse.data-staging.svc.cluster.local" },
      clickhouse_port: { kind: "fixed", value: "9000" },
      clickhouse_http_port: { kind: "fixed", value: "8123" },
      clickhouse_user: { kind: "fixed", value: "openpanel" },
      clickhouse_password: { kind: "generated" },
      clickhouse_database: { kind: "fixed", value: "openpanel" },
      saml_idp_entity_id: { kind: "fixed", value: "https://sso.acme.example" },
      saml_idp_sso_url: { kind: "fixed", value: "https://sso.acme.example/api/saml" },
      saml_idp_metadata: {
        kind: "fixed",
        value: "https://sso.acme.example/api/saml/metadata?application=built-in/openpanel-saml",
      },
    });
  });

  test("are split by reader: the stores read their path, and only the application the keys of the runtime", () => {
    expect(stores?.readers.map((reader) => reader.namespace)).toEqual(["data-staging", "openpanel-staging"]);
    expect(runtime?.readers.map((reader) => reader.namespace)).toEqual(["openpanel-staging"]);
  });

  test("hold an encryption key in the only form that OpenPanel takes", () => {
    expect(runtime?.keys.encryption_key).toEqual({
      kind: "generated",
      rule: { alphabet: "hex", length: 64 },
      permanent: expect.stringContaining("this key only"),
    });
  });

  test("ask for a mail password only where mail is sent", () => {
    expect(runtime?.keys.smtp_password).toBeUndefined();
    expect(declarations({ smtp: SMTP })[1]?.keys.smtp_password).toMatchObject({ kind: "supplied" });
  });

  test("become connection URLs whose user and password are encoded", () => {
    for (const { name, template } of OPENPANEL.deliveries(PLACEMENT, SETTINGS)) {
      for (const [key, text] of Object.entries(template ?? {})) {
        if (!key.includes("URL")) continue;
        expect({ name, key, text }).toEqual({
          name,
          key,
          text: expect.stringMatching(
            /^(postgresql|redis|http):\/\/\{\{ \.\w+_user \| urlquery \| replace "\+" "%20" \}\}:\{\{ \.\w+_password \| urlquery \| replace "\+" "%20" \}\}@/,
          ),
        });
      }
    }
  });

  test("name only keys that are declared", () => {
    const declared = Object.fromEntries(
      declarations({ smtp: SMTP }).map(({ path, keys }) => [path, Object.keys(keys)]),
    );
    for (const { path, template } of OPENPANEL.deliveries(PLACEMENT, { ...SETTINGS, smtp: SMTP })) {
      const used = [...JSON.stringify(template).matchAll(/\{\{ \.(\w+)/g)].map((match) => match[1]);
      expect(used.filter((key) => !declared[path]?.includes(String(key)))).toEqual([]);
    }
  });
});

test("the catalogue entry claims one database in each store that it requires", () => {
  const claims = OPENPANEL.claims(PLACEMENT);
  expect(Object.keys(claims).sort()).toEqual([...OPENPANEL.requiredStores].sort());
  expect(claims.clickhouse?.[0]?.name).toBe("openpanel");
});
