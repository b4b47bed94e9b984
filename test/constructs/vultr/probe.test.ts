import type { App } from "cdktf";
import { LayerStack } from "../../../constructs/core/layer-stack";
import { KubernetesCluster, VultrProvider, Vpc, FirewallGroup, ObjectStorage } from "../../../constructs/vultr";
import { CloudflareProvider, ZoneEdge, DnsRecord } from "../../../constructs/cloudflare";
import { render } from "../../helpers/program";
import fs from "node:fs";
test("x", () => {
  const out = render((app: App) => {
    const stack = new LayerStack(app, "l1-cluster-x", { layer: 1, step: 2, backend: { type: "local" } });
    new VultrProvider(stack, "vultr");
    const c = new KubernetesCluster(stack, "cluster", { name: "acme-x", region: "fra", version: "v1.36.1+1", vpcId: stack.read({id:"l1-network-x", backend:{type:"local"}}, "vpc_id"), highlyAvailable: true, firewall: true, protection: "retain",
      nodePools: [{ name: "general", plan: "vc2-2c-4gb", quantity: 1, autoscaling: {min: 1, max: 3} }, { name: "memory", plan: "vc2-4c-8gb", quantity: 1, labels: {a: "b"}, taints: [{key: "a", value: "b", effect: "NoSchedule"}] }, { name: "spot", plan: "vc2-4c-8gb", quantity: 1, autoscaling: {min: 1, max: 3} }] });
    stack.publish("host", c.host, { sensitive: true });
    new Vpc(stack, "vpc", { name: "x", region: "fra", cidr: "10.1.0.0/24", protection: "retain" });
    new FirewallGroup(stack, "fw", { name: "x", rules: [{ protocol: "tcp", ports: "443", source: "cloudflare" }] });
    new ObjectStorage(stack, "store", { name: "x", storageCluster: 2, tier: 1, protection: "retain", buckets: [{ name: "backups" }] });
    const edge = new LayerStack(app, "l1-edge-x", { layer: 1, backend: { type: "local" } });
    new CloudflareProvider(edge, "cloudflare");
    const z = new ZoneEdge(edge, "edge", { zone: "acme.example", plan: "pro" });
    new DnsRecord(edge, "www", { zone: { name: "acme.example", id: z.zoneId, plan: "pro" }, name: "www.acme.example", type: "A", content: "192.0.2.1", proxied: true });
  });
  fs.writeFileSync("/tmp/probe.json", JSON.stringify(out, null, 1));
});
