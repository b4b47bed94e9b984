import { ZoneSetting, type ZoneSettingConfig } from "@cdktf/provider-cloudflare/lib/zone-setting";
import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

/** Settings of every zone, by Cloudflare's id. */
export const ZONE_SETTINGS = {
  /** Origins show a certificate that Cloudflare checks. */
  ssl: "strict",
  min_tls_version: "1.2",
  tls_1_3: "on",
  always_use_https: "on",
  automatic_https_rewrites: "on",
  http3: "on",
  /** Requests sent before the handshake is done can be replayed, and events are written by POST. */
  "0rtt": "off",
} as const;

export type ZoneSettingValues = Readonly<Record<string, string>>;

/**
 * Settings of a zone. Destroying one sends nothing: the zone keeps its last value.
 *
 * @see https://registry.terraform.io/providers/cloudflare/cloudflare/5.14.0/docs/resources/zone_setting
 */
export function zoneSettings(
  scope: Construct,
  zoneId: string,
  values: ZoneSettingValues,
  provider: TerraformProvider | undefined,
): void {
  for (const [settingId, value] of Object.entries(values)) {
    new ZoneSetting(scope, `setting-${settingId}`, { provider, zoneId, settingId, value: dynamic(value) });
  }
}

/** The bindings type this argument as a map; the provider takes any value, and cdktf passes a text through. */
function dynamic(value: string): ZoneSettingConfig["value"] {
  return value as unknown as ZoneSettingConfig["value"];
}
