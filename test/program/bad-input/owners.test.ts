import { IngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import type { Route } from "../../../constructs/access/route-table";
import { RouteTable } from "../../../constructs/access/route-table";
import { claimOwnership } from "../../../constructs/core/ownership";
import { declareSecret } from "../../../constructs/core/secrets";
import { ManifestSet } from "../../../constructs/kubernetes/manifest-set";
import { GATED, OPEN, ROUTES, spoiled, withTable } from "./support/spoiled";

jest.setTimeout(120_000);

describe("a program that is put together wrongly is refused", () => {
  test("one more host with its routes, certificate and record is no problem", () => {
    expect(withTable({ routes: [OPEN, GATED] })).toBe("not refused");
  });

  test("two owners of one host", () => {
    const routes: Route[] = [{ ...OPEN, path: "/" }];
    expect(
      spoiled((stack, target) => new RouteTable(stack, "second", { ...ROUTES, target, routes })),
    ).toMatchInlineSnapshot(`
      "1 problem:
        the program
          route-table openpanel.acme.example has 2 owners: l4-apps-prod/host-openpanel-routes, l4-apps-prod/second. Keep it in one of them and refer to it from the others."
    `);
  });

  test("a host outside the zones", () => {
    expect(withTable({ host: "openpanel.acme.org", routes: [OPEN] })).toMatchInlineSnapshot(`
      "2 problems:
        l4-apps-prod/second
          host is outside every zone of the platform (found "openpanel.acme.org"). Use a host below acme.example, or add its zone to platform.yaml.
        l4-apps-prod/second/manifests
          host has no DNS record in this program (found "openpanel.acme.org"). Add a DnsRecord for it, or for *.acme.org, to the stack that owns the route."
    `);
  });

  test("a host without a DNS record", () => {
    expect(withTable({ routes: [OPEN, GATED] }, false)).toMatchInlineSnapshot(`
      "2 problems:
        l4-apps-prod/second/manifests
          host has no DNS record in this program (found "new.acme.example"). Add a DnsRecord for it, or for *.acme.example, to the stack that owns the route.
        l4-apps-prod/second
          client gate-prod-main sends people to a host that has no DNS record in this program (found "new.acme.example"). Expose the host, or correct the URI."
    `);
  });

  test("a host without a certificate", () => {
    expect(
      spoiled((stack, target) => {
        const services = [{ kind: "Service" as const, name: "op-dashboard", port: 3000 }];
        const rule = {
          kind: "Rule" as const,
          match: "Host(`new.acme.example`) && PathPrefix(`/`)",
          services,
        };
        const spec = { tls: { secretName: "new-tls" }, routes: [rule] };
        const manifests = [
          new IngressRoute({
            metadata: { name: "new", namespace: "openpanel-prod" },
            spec,
          }),
        ];
        const waiting = {
          until: "submitted",
          reason: "nothing of it starts",
        } as const;
        claimOwnership(stack, "dns-record", "acme.example/*.acme.example/A");
        new ManifestSet(stack, "new", {
          target,
          release: "new",
          namespace: "openpanel-prod",
          manifests,
          waiting,
        });
      }),
    ).toMatchInlineSnapshot(`
      "1 problem:
        l4-apps-prod/new
          host has no certificate in secret new-tls of openpanel-prod (found "new.acme.example"). Expose the host with RouteTable, or add a Certificate with its name."
    `);
  });

  test("a secret path declared twice", () => {
    expect(
      spoiled((stack) =>
        declareSecret(stack, {
          path: "prod/openpanel",
          description: "",
          keys: {},
          readers: [],
        }),
      ),
    ).toMatchInlineSnapshot(`
      "1 problem:
        the program
          vault-path prod/openpanel has 2 owners: l3-data-prod, l4-apps-prod. Keep it in one of them and refer to it from the others."
    `);
  });
});
