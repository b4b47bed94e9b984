import type { IncomingMessage } from "node:http";
import type { GateSettings } from "./settings";

/** A header with one value. */
export function header({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

/** Path and query that the browser asked for: those of the request that the proxy is asked about. */
export function askedUri(request: IncomingMessage, { reverse_proxy }: GateSettings): string {
  return (reverse_proxy ? header(request, "x-forwarded-uri") : "") || (request.url ?? "/");
}

/** Host that the browser asked for. */
export function askedHost(request: IncomingMessage, { reverse_proxy }: GateSettings): string {
  return (reverse_proxy ? header(request, "x-forwarded-host") : "") || header(request, "host");
}

/**
 * Where a browser goes after its login, in the order in which OAuth2-Proxy looks: what the address says (`rd`), what a
 * header says, what was asked for on another host, what was asked for here. An address that is not admitted is passed
 * over.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/features/endpoints/
 */
export function afterLogin(request: IncomingMessage, settings: GateSettings): string {
  const uri = askedUri(request, settings);
  const own = uri.startsWith(`${settings.proxy_prefix}/`);
  const host = askedHost(request, settings);
  const elsewhere =
    host === header(request, "host") ? "" : `${header(request, "x-forwarded-proto")}://${host}${own ? "/" : uri}`;
  const asked = new URL(request.url ?? "/", "http://gate.invalid").searchParams.get("rd") ?? "";
  const candidates = [asked, header(request, "x-auth-request-redirect"), elsewhere, own ? "/" : uri];
  return candidates.find((each) => isAdmitted(each, settings)) ?? "/";
}

/** Whether an address is a path of this host, or of a domain that the settings name. */
export function isAdmitted(address: string, { whitelist_domains: domains }: GateSettings): boolean {
  if (address === "" || /[\s\\]/.test(address)) return false;
  if (address.startsWith("/")) return !address.startsWith("//");
  if (!/^https?:\/\//.test(address)) return false;
  const host = URL.parse(address)?.hostname ?? "";
  return domains.some((domain) =>
    domain.startsWith(".") ? host === domain.slice(1) || host.endsWith(domain) : host === domain,
  );
}
