import type { App } from "cdktf";
import { type Route, RouteTable, type RouteTableProps } from "../../../../constructs/access/route-table";
import { portalGates } from "../../../../constructs/components/oauth2-proxy";
import { StrataError } from "../../../../constructs/core/errors";
import { LayerStack } from "../../../../constructs/core/layer-stack";
import { claimOwnership } from "../../../../constructs/core/ownership";
import { renderProgram } from "../../../../constructs/core/synth";
import { ClusterTarget } from "../../../../constructs/kubernetes/cluster-target";
import { TenantNamespace } from "../../../../constructs/kubernetes/tenant-namespace";
import { identityProvider } from "../../../../stacks/identity";
import { buildProgram } from "../../../../stacks/program";
import { loadExample } from "../../../helpers/examples";
import { testApp } from "../../../helpers/program";

/** The message for the example with one more construct. */
export function spoiled(spoil: (stack: LayerStack, target: ClusterTarget) => void): string {
  const { app } = buildProgram(testApp(), loadExample("acme"));
  const stack = child(app, "l4-apps-prod", LayerStack);
  spoil(stack, child(stack, "target-prod", ClusterTarget));
  try {
    renderProgram(app, { complete: true });
  } catch (error) {
    if (error instanceof StrataError) return error.message;
    throw error;
  }
  return "not refused";
}

function child<T>(parent: App | LayerStack, id: string, type: abstract new (...args: never[]) => T): T {
  const found: unknown = parent.node.findChild(id);
  if (found instanceof type) return found;
  throw new Error(`${id} is something else`);
}

const BACKEND = { service: "op-dashboard", port: 3000 };
export const ROUTES = {
  namespace: "openpanel-prod",
  name: "second",
  host: "openpanel.acme.example",
  entryPoint: "edge",
  issuer: "letsencrypt",
  zones: ["acme.example"],
  gates: portalGates("prod", ["main"], identityProvider(loadExample("acme"))),
} as const;
export const OPEN = {
  name: "open",
  class: "public",
  path: "/open",
  match: "prefix",
  backend: BACKEND,
} as const;
export const GATED = {
  name: "new",
  class: "gated",
  gate: "main",
  path: "/new",
  match: "prefix",
  backend: BACKEND,
} as const;

/** The message for the example with one more table of routes, of a host that has its record. */
export function withTable(
  props: Partial<RouteTableProps> & { readonly routes: readonly Route[] },
  recorded = true,
): string {
  return spoiled((stack, target) => {
    const host = "new.acme.example";
    if (recorded) claimOwnership(stack, "dns-record", `acme.example/${host}/A`);
    // A namespace without a login yet.
    new TenantNamespace(stack, "new", { target, name: "new" });
    new RouteTable(stack, "second", {
      ...ROUTES,
      namespace: "new",
      host,
      target,
      ...props,
    });
  });
}

/** A row as JavaScript, or a file, could hold it. */
export function untyped(row: object): Route {
  return JSON.parse(JSON.stringify(row));
}
