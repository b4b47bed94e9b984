import type { App } from "cdktf";
import type { Construct } from "constructs";
import type { JsonObject } from "../../../constructs/core/json";
import { LayerStack } from "../../../constructs/core/layer-stack";
import {
  BackupStorage,
  type BackupStorageProps,
  FirewallGroup,
  type FirewallRuleSpec,
  ObjectStorage,
  type ObjectStorageProps,
  Vpc,
  type VpcProps,
  VultrProvider,
} from "../../../constructs/vultr";
import { refusal, render, resourcesOf } from "../../helpers/program";

const inStack = (build: (scope: Construct) => void) => (app: App) => {
  const stack = new LayerStack(app, "l1-network-main", { layer: 1, step: 1, backend: { type: "local" } });
  new VultrProvider(stack, "vultr");
  build(stack);
};
const rendered = (build: (app: App) => void) => render(build)["l1-network-main"] ?? {};

describe("the provider", () => {
  const stack = rendered(inStack(() => undefined)) as { provider: JsonObject; variable: JsonObject };

  test("paces its requests for an account's limit", () => {
    expect(stack.provider).toEqual({
      vultr: [{ api_key: "${var.vultr_api_key}", rate_limit: 2000, retry_limit: 8 }],
    });
  });

  test("takes its key from an ephemeral variable without a value, so that it is in no file", () => {
    expect(stack.variable).toMatchObject({
      vultr_api_key: { type: "string", sensitive: true, ephemeral: true, default: null },
    });
  });
});

describe("a VPC", () => {
  const BASE: VpcProps = { name: "main", region: "fra", cidr: "10.1.0.0/24", protection: "retain" };
  const vpc = (props: Partial<VpcProps> = {}) => inStack((scope) => new Vpc(scope, "vpc", { ...BASE, ...props }));

  test("is described by its name and kept", () => {
    expect(resourcesOf(rendered(vpc()), "vultr_vpc")[0]).toMatchObject({
      description: "main",
      region: "fra",
      v4_subnet: "10.1.0.0",
      v4_subnet_mask: 24,
      lifecycle: { prevent_destroy: true },
    });
  });

  test.each([
    ["the VPC's range is not an IPv4 network", "10.1.0.0"],
    ["the VPC's range is not an IPv4 network", "10.1.0.300/24"],
    ["the VPC's range is not an IPv4 network", "10.1.0.1/24"],
    ["the VPC's range is not an IPv4 network", "10.1.0.0/33"],
    ["the VPC's range is not private", "8.8.8.0/24"],
    ["the VPC's range is not private", "172.0.0.0/8"],
    ["the VPC's range overlaps 10.244.0.0/16, which VKE uses for pods", "10.244.8.0/24"],
    ["the VPC's range overlaps 10.96.0.0/12, which VKE uses for services", "10.100.0.0/16"],
  ])("is refused: %s (%s)", (problem, cidr) => {
    expect(refusal(vpc({ cidr }))).toContain(problem);
  });

  test("in an unknown region is refused with the nearest ones", () => {
    expect(refusal(vpc({ region: "amx" }))).toContain('unknown Vultr region (found "amx"). Did you mean ams');
  });
});

describe("a store for backups", () => {
  const BASE: BackupStorageProps = {
    organisation: "acme",
    subject: "Prod.EU",
    storageCluster: 6,
    hostname: "ams1.vultrobjects.com",
    tier: 2,
    protection: "retain",
  };
  const storage = (props: Partial<BackupStorageProps> = {}) =>
    inStack((scope) => new BackupStorage(scope, "backups", { ...BASE, ...props }));
  const buckets = (props: Partial<BackupStorageProps> = {}) =>
    resourcesOf(rendered(storage(props)), "vultr_object_storage_bucket");

  test("has one bucket, named after the organisation and whose it is, and both are kept", () => {
    expect(resourcesOf(rendered(storage()), "vultr_object_storage")).toMatchObject([
      { label: "acme-prod-eu-backups", cluster_id: 6, tier_id: 2, lifecycle: { prevent_destroy: true } },
    ]);
    expect(buckets()).toMatchObject([{ name: "acme-prod-eu-backups", lifecycle: { prevent_destroy: true } }]);
  });

  test("of what may go is let go", () => {
    expect(JSON.stringify(rendered(storage({ protection: "delete" })))).not.toContain("prevent_destroy");
  });

  test("is refused at the apply when Vultr gives it another host", () => {
    const [{ lifecycle } = {}] = resourcesOf(rendered(storage()), "vultr_object_storage");
    expect(lifecycle).toMatchObject({
      postcondition: [{ condition: '${(self.s3_hostname == "ams1.vultrobjects.com")}' }],
    });
  });

  test("is refused when its bucket's name is too long, or none", () => {
    expect(refusal(storage({ subject: "x".repeat(60) }))).toContain("bucket name is not valid");
    expect(refusal(storage({ subject: "a_b" }))).toContain("bucket name is not valid");
  });
});

describe("a firewall group", () => {
  const HTTPS: FirewallRuleSpec = { protocol: "tcp", ports: "443", source: "cloudflare" };
  const group = (...rules: FirewallRuleSpec[]) =>
    inStack((scope) => new FirewallGroup(scope, "group", { name: "edge", rules }));

  test("admits networks and Cloudflare, in any order of its rules", () => {
    const peers: FirewallRuleSpec = { protocol: "udp", ports: "51820:51830", source: "10.1.0.0/24", notes: "peers" };
    expect(resourcesOf(rendered(group(HTTPS, peers)), "vultr_firewall_rule")).toMatchObject([
      { ip_type: "v4", protocol: "tcp", port: "443", source: "cloudflare", subnet: "0.0.0.0", subnet_size: 0 },
      { ip_type: "v4", protocol: "udp", port: "51820:51830", subnet: "10.1.0.0", subnet_size: 24, notes: "peers" },
    ]);
    const addresses = (...rules: FirewallRuleSpec[]) =>
      Object.keys((rendered(group(...rules)).resource as Record<string, JsonObject>).vultr_firewall_rule ?? {}).sort();
    expect(addresses(peers, HTTPS)).toEqual(addresses(HTTPS, peers));
  });

  test.each<[string, FirewallRuleSpec[]]>([
    ["firewall source is not an IPv4 network", [{ ...HTTPS, source: "anywhere" }]],
    ["firewall ports are not valid", [{ ...HTTPS, ports: "https" }]],
    ["firewall ports are not valid", [{ ...HTTPS, ports: "9000:8000" }]],
    ["firewall ports are not valid", [{ ...HTTPS, ports: "70000" }]],
    ["protocol icmp has no ports", [{ ...HTTPS, protocol: "icmp" }]],
    ["firewall rule tcp-443-cloudflare is there twice", [HTTPS, HTTPS]],
  ])("is refused: %s", (problem, rules) => {
    expect(refusal(group(...rules))).toContain(problem);
  });
});

describe("object storage", () => {
  const BASE: ObjectStorageProps = {
    name: "acme",
    storageCluster: 2,
    tier: 1,
    protection: "retain",
    buckets: [{ name: "backups", versioning: true }],
  };
  const store = (props: Partial<ObjectStorageProps> = {}) =>
    inStack((scope) => new ObjectStorage(scope, "store", { ...BASE, ...props }));

  test("is kept with its buckets, and not replaced after an import", () => {
    const stack = rendered(store());
    expect(resourcesOf(stack, "vultr_object_storage")[0]).toMatchObject({
      label: "acme",
      cluster_id: 2,
      tier_id: 1,
      lifecycle: { prevent_destroy: true, ignore_changes: ["tier_id"] },
    });
    expect(resourcesOf(stack, "vultr_object_storage_bucket")[0]).toMatchObject({
      name: "backups",
      enable_versioning: true,
      enable_lock: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  test.each([
    ["bucket name is not valid", [{ name: "Backups" }]],
    ["bucket backups is there twice", [{ name: "backups" }, { name: "backups" }]],
  ])("is refused: %s", (problem, buckets) => {
    expect(refusal(store({ buckets }))).toContain(problem);
  });
});
