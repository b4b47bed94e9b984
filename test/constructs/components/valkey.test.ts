import { VALKEY_IMAGE, Valkey, type ValkeyProps } from "../../../constructs/components/valkey";
import { TenantNamespace } from "../../../constructs/kubernetes/tenant-namespace";
import { at, type Build, everyComponentKeepsTheRules, RESTRICTED_CONTAINER, Rendered } from "./helper";

const PROPS = {
  release: "redis-master",
  namespace: "data-staging",
  usersSecret: "redis",
  users: { default: { permissions: "-@all +ping", passwordKey: "app" }, app: { permissions: "~* +@all" } },
  memory: "1Gi",
} as const;

const valkey =
  (props: Partial<ValkeyProps> = {}): Build =>
  (stack, base) => {
    new TenantNamespace(stack, "namespace", { target: base.target, name: PROPS.namespace });
    new Valkey(stack, "valkey", { ...base, ...PROPS, ...props });
  };

const values = (props: Partial<ValkeyProps> = {}) => Rendered.of(valkey(props)).values("redis-master");

everyComponentKeepsTheRules(valkey(), {
  release: "redis-master",
  namespace: "data-staging",
  chart: "valkey",
  version: "0.11.0",
});

test("the Service has the name that consumers know", () => {
  expect(values().fullnameOverride).toBe("redis-master");
});

test("passwords stay in the secret: values name its keys only", () => {
  expect(values().auth).toEqual({
    enabled: true,
    usersExistingSecret: "redis",
    aclUsers: {
      default: { permissions: "-@all +ping", passwordKey: "app" },
      app: { permissions: "~* +@all", passwordKey: "app" },
    },
  });
});

test("nothing is evicted, and the server ends below the pod's memory", () => {
  expect(values().valkeyConfig).toBe('maxmemory-policy noeviction\nmaxmemory 768mb\nsave ""\nappendonly no\n');
});

test("with a volume every write is logged, and a pod never waits for the volume of the one before", () => {
  const stored = values({ storage: { size: "10Gi", storageClass: "retained" }, config: { appendfsync: "everysec" } });
  expect(stored.valkeyConfig).toContain("appendonly yes\nappendfsync everysec\n");
  expect(stored.deploymentStrategy).toBe("Recreate");
  expect(stored.dataStorage).toMatchObject({ enabled: true, requestedSize: "10Gi", className: "retained" });
});

test("a retained volume stays when the release goes", () => {
  const storage = { size: "10Gi", storageClass: "retained" };
  expect(at(values({ storage, protection: "retain" }), "dataStorage.keepPvc")).toBe(true);
  expect(at(values({ storage, protection: "delete" }), "dataStorage.keepPvc")).toBe(false);
});

test("the server runs as nobody who could write but to its volume", () => {
  expect(values()).toMatchObject({ securityContext: { ...RESTRICTED_CONTAINER, runAsNonRoot: true } });
});

test("an older server never starts on what a newer one has written", () => {
  expect(Rendered.of(valkey()).release("redis-master")).toMatchObject({ wait: true, atomic: false });
});

test("Jobs find the image that the chart runs", () => {
  expect(VALKEY_IMAGE).toMatch(/^docker\.io\/valkey\/valkey:\d+\.\d+\.\d+$/);
});
