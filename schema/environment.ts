/** environments/<name>.yaml as written. */
import * as z from "zod/mini";
import { clusterSettings, networkSettings } from "./cluster";
import { named, once, oneOf, optional, required, strict, text } from "./fields/kit";
import { clusterVersion, label, moment, name, region, typeName } from "./fields/texts";
import { appsSchema, backupsSchema, dataSchema, hostsSchema } from "./tenant";

/** Where an environment lives; region and version of a dedicated one may come from the profile. */
export const placementSchema = once(() =>
  z.discriminatedUnion(
    "type",
    [
      strict({
        type: required(z.literal("dedicated"), "A cluster of its own, named after the environment."),
        region: optional(
          region(),
          "Vultr region; can't be changed later.",
          "the profile's placement; one of them must say it",
        ),
        version: optional(clusterVersion(), "VKE version.", "the profile's placement; one of them must say it"),
        profile: optional(typeName(), "Profile whose cluster settings apply.", "the environment's type"),
        ...networkSettings(),
        ...clusterSettings(),
      }),
      strict({
        type: required(z.literal("shared"), "Namespaces of a cluster of platform.yaml."),
        cluster: optional(name(), "The cluster.", "the central one"),
      }),
    ],
    { error: 'a mapping with "type: dedicated" or "type: shared"' },
  ),
);

const service = once(() =>
  z.union(
    [
      text("a version, a range or a tag"),
      strict({
        version: required(text("a version, a range or a tag"), "Version, range or tag."),
        image: optional(text("an image name"), "Container image."),
        artifact: optional(text("an artifact name"), "OCI artifact with the service's playbooks."),
      }),
    ],
    { error: "a version constraint, or a mapping with version, image and artifact" },
  ),
);

const delivery = once(() =>
  z.discriminatedUnion(
    "method",
    [
      strict({ method: required(z.literal("dynamic"), "Changed through the platform's API.") }),
      strict({
        method: required(z.literal("git"), "Changed through pull requests only."),
        repository: required(text("the https URL of a Git repository", /^https:\/\/\S+$/), "Git repository."),
        branch: optional(text("a branch name"), "Branch that is deployed.", "main"),
      }),
    ],
    { error: 'a mapping with "method: dynamic" or "method: git"' },
  ),
);

/** The whole document. */
export const environmentSchema = once(() =>
  strict({
    name: optional(name(), "Name; starts with the type.", "the file's name, which it must equal"),
    type: optional(
      typeName(),
      "Profile: dev, staging (or stage), prod, sue, or one of `profiles`.",
      "first word of the name",
    ),
    placement: optional(placementSchema(), "Where the environment lives.", "the profile's"),
    owner: optional(text("a person or team"), "Who answers for it."),
    pool: optional(text("the name of a team"), "Team that it is counted under."),
    createdAt: optional(moment(), "When it was created."),
    expiresAt: optional(moment(), "When it may go.", "24 hours after createdAt for sue, else never"),
    lifecycle: optional(oneOf(["active", "deleting"]), "`deleting` synthesizes its destruction.", "active"),
    protection: optional(oneOf(["retain", "delete"]), "`retain` refuses to destroy its data.", "the profile's"),
    delivery: optional(delivery(), "How its services are changed.", "dynamic"),
    access: optional(
      named(text("the name of a group"), oneOf(["owner", "developer", "viewer"]), "a mapping of group to role"),
      "Identity-provider group to role.",
      "nobody",
    ),
    hosts: optional(hostsSchema(), "How its hosts are named and served."),
    data: optional(dataSchema(), "Its data stores."),
    backups: optional(
      backupsSchema(),
      "Backups of its stores. With `false` nothing is kept: an environment whose data is retained must say so itself.",
      "on with `protection: retain`, else the profile's",
    ),
    apps: optional(appsSchema(), "Catalogue applications.", "none"),
    services: optional(
      named(label("a service name"), service(), "a mapping of service to version"),
      "The team's own services.",
      "none",
    ),
  }),
);

export type EnvironmentDocument = z.infer<ReturnType<typeof environmentSchema>>;
export type PlacementDocument = z.infer<ReturnType<typeof placementSchema>>;
