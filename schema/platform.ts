/** platform.yaml as written. */
import * as z from "zod/mini";
import { clusterSettings, networkSettings } from "./cluster";
import { flag, named, once, oneOf, optional, positive, required, strict, text, whole } from "./fields/kit";
import {
  cidr,
  clusterVersion,
  domain,
  email,
  label,
  name,
  organisation,
  planId,
  region,
  typeName,
} from "./fields/texts";
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

const backups = once(() =>
  z.discriminatedUnion(
    "type",
    [
      strict({
        type: required(
          z.literal("vultr"),
          "Vultr Object Storage: a store with a key pair of its own for each environment.",
        ),
        storageCluster: required(
          whole("the id of a Vultr storage cluster, such as 6", 1, 999_999),
          "Storage cluster, and so the place: `GET /v2/object-storage/clusters` lists them. It can't be changed later.",
        ),
        hostname: required(
          text("the storage cluster's host, such as ams1.vultrobjects.com", /^[a-z0-9-]+(\.[a-z0-9-]+)+$/),
          "Host of the storage cluster's S3 API, as the same list has it. Vultr's answer is compared with it.",
        ),
        tier: required(
          whole("the id of a Vultr storage tier, such as 2", 1, 999_999),
          "Tier, and so speed and price: `GET /v2/object-storage/tiers` lists them.",
        ),
      }),
      strict({
        type: required(z.literal("s3"), "Another S3-compatible store, whose buckets exist already."),
        endpoint: required(text("an https URL", /^https:\/\/[^\s/]+\/?$/), "URL of its S3 API."),
        region: required(text("a region in the sense of S3"), "Region that requests are signed for."),
        bucketPrefix: optional(
          text('lower case letters, digits and "-"', /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/),
          "Buckets are named `<bucketPrefix>-<environment>-backups`.",
          "the organisation",
        ),
      }),
    ],
    { error: 'a mapping with "type: vultr" or "type: s3"' },
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

const deployer = once(() =>
  z.discriminatedUnion(
    "login",
    [
      strict({
        login: required(z.literal("kubernetes"), "A service account of a cluster, such as the one Atlantis runs as."),
        cluster: optional(name(), "Cluster of platform.yaml.", "the central one"),
        namespace: required(text("a namespace"), "Its namespace."),
        serviceAccount: required(text("the name of a service account"), "Its name."),
      }),
      strict({
        login: required(z.literal("jwt"), "What has identity tokens of an issuer, such as the jobs of a CI system."),
        issuer: required(
          text("an https URL", /^https:\/\/[^\s?#]+$/),
          "Issuer of the tokens; Vault asks it for its keys.",
        ),
        claims: required(
          named(text("the name of a claim"), text("a text without a comma", /^[^,]+$/), "a mapping of claim to value"),
          "Claims that a token has to have, such as `repository` and `ref`; at least one.",
        ),
      }),
    ],
    { error: 'a mapping with "login: kubernetes" or "login: jwt"' },
  ),
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
      strict({
        engine: required(oneOf(["casdoor"]), "Engine."),
        github: optional(
          flag(),
          "Offer to sign in by GitHub beside passwords: it opens accounts that have the GitHub account's mail address, and makes none. `strata secrets sync` then asks for the client id and secret of an OAuth app of GitHub, whose callback URL is `https://sso.<internal domain>/callback`.",
          "false",
        ),
      }),
      "The identity provider.",
      "casdoor, with passwords",
    ),
    secrets: optional(strict({ engine: required(oneOf(["vault"]), "Engine.") }), "The secret store.", "vault"),
    backups: optional(
      backups(),
      "Where backups go. Environments whose data is retained need it.",
      "nowhere: no environment has backups",
    ),
    access: optional(
      named(text("the name of a group"), oneOf(["operator", "deployer"]), "a mapping of group to role"),
      "Identity-provider group to role for the whole platform: an operator has every secret, a deployer applies stacks.",
      "nobody",
    ),
    deployers: optional(
      named(label("a name"), deployer(), "a mapping of name to login"),
      "Machines that apply stacks, by name: how they log in to Vault.",
      "none",
    ),
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
