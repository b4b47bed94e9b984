/** platform.yaml as written. */
import * as z from "zod/mini";
import { clusterSettings, networkSettings } from "./cluster";
import { flag, named, once, oneOf, optional, positive, required, strict, text } from "./fields/kit";
import { cidr, clusterVersion, domain, email, name, organisation, planId, region, typeName } from "./fields/texts";
import { profileSchema } from "./profiles";
import { zoneSchema } from "./zone";

const state = once(() =>
  z.discriminatedUnion(
    "type",
    [
      strict({ type: required(z.literal("local"), "Files in the folder `state`.") }),
      strict({
        type: required(z.literal("s3"), "An S3-compatible bucket; credentials come from the environment."),
        bucket: required(text("the name of a bucket"), "Bucket."),
        region: required(text("the bucket's region"), "Region of the bucket."),
        endpoint: optional(text("an https URL", /^https?:\/\/\S+$/), "Endpoint of another store than AWS.", "AWS"),
        prefix: optional(text("a key prefix", /^[A-Za-z0-9._/-]+$/), "Prefix of every state's key.", "strata"),
        useLockfile: optional(flag(), "Lock with conditional writes.", "true"),
      }),
    ],
    { error: 'a mapping with "type: local" or "type: s3"' },
  ),
);

const network = once(() =>
  strict({
    region: required(region(), "Vultr region; its clusters must stand in the same one."),
    cidr: optional(cidr(), "IPv4 range.", "derived from the name, inside 10.0.0.0/8"),
    protection: optional(oneOf(["retain", "delete"]), "What happens when its declaration goes away.", "retain"),
  }),
);

const cluster = once(() =>
  strict({
    region: required(region(), "Vultr region; can't be changed later."),
    version: required(clusterVersion(), "Exact VKE version."),
    central: optional(flag(), "Carries Vault and the identity provider.", "true if it is the only one"),
    profile: optional(typeName(), "Profile whose cluster settings apply.", "platform"),
    ...networkSettings(),
    ...clusterSettings(),
  }),
);

const plan = once(() =>
  strict({
    vcpus: required(positive("a number of virtual processors"), "Virtual processors."),
    ramGb: required(positive("gigabytes of memory"), "Memory in GB."),
    monthlyUsd: required(positive("a price in US dollars"), "List price of a month, in US dollars."),
  }),
);

/** The whole document. */
export const platformSchema = once(() =>
  strict({
    organisation: required(organisation(), "Short name of the organisation; prefix of what it owns at Vultr."),
    contact: required(email(), "Receives certificate expiry notices."),
    domains: required(
      strict({
        public: required(domain(), "Where applications answer; one of `zones`."),
        internal: optional(domain(), "Where Vault and sign-on answer; one of `zones`.", "the public one"),
      }),
      "The domains hosts are built from.",
    ),
    zones: required(
      named(domain(), zoneSchema(), "a mapping of zone to its settings"),
      "Cloudflare zones by name; they exist already.",
    ),
    state: optional(state(), "Where Terraform keeps its state.", "local"),
    networks: optional(
      named(name(), network(), "a mapping of network name to network"),
      "Networks that several clusters share.",
      "one for each cluster",
    ),
    clusters: required(
      named(name(), cluster(), "a mapping of cluster name to cluster"),
      "Clusters that carry the platform's services and shared environments.",
    ),
    plans: optional(
      named(planId(), plan(), "a mapping of plan id to its size"),
      "Vultr plans that the catalogue does not know yet.",
    ),
    profiles: optional(
      named(typeName(), profileSchema(), "a mapping of profile name to profile"),
      "Changes to the built-in profiles, and environment types of your own.",
    ),
    identity: optional(
      strict({ engine: required(oneOf(["casdoor"]), "Engine.") }),
      "The identity provider.",
      "casdoor",
    ),
    secrets: optional(strict({ engine: required(oneOf(["vault"]), "Engine.") }), "The secret store.", "vault"),
    charts: optional(
      strict({
        mirror: required(
          text("a folder, relative to the one of platform.yaml"),
          "Folder that `strata charts pull` fills; nothing is then asked of the charts' repositories.",
        ),
      }),
      "Where charts come from.",
      "their repositories",
    ),
  }),
);

export type PlatformDocument = z.infer<ReturnType<typeof platformSchema>>;
export type ClusterDocument = PlatformDocument["clusters"][string];
