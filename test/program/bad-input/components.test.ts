import * as catalogue from "../../../constructs/components";
import { COMPONENT_NEEDS } from "../../../schema/resolve/carried";

test("what the loader knows of components is what they say of themselves", () => {
  const classes = [
    catalogue.CertManager,
    catalogue.Traefik,
    catalogue.ExternalSecrets,
    catalogue.CloudnativePg,
    catalogue.BarmanCloud,
    catalogue.ClickhouseOperator,
    catalogue.Vault,
    catalogue.Casdoor,
    catalogue.Oauth2Proxy,
    catalogue.Grafana,
    catalogue.Headlamp,
    catalogue.MetricsServer,
  ];
  // The identity provider and Vault stand on the central cluster, which may be another one.
  const here = classes.filter(({ NAME }) => NAME !== "casdoor" && NAME !== "vault");
  const needs = classes.map(({ NAME, REQUIRES }) => {
    const providers = here.filter(({ PROVIDES }) => PROVIDES.some((capability) => REQUIRES.includes(capability)));
    return [NAME, providers.map((provider) => provider.NAME).sort()] as const;
  });
  expect(COMPONENT_NEEDS).toEqual(Object.fromEntries(needs.filter(([, names]) => names.length > 0)));
});
