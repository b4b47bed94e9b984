/**
 * Profiles: what an environment or a cluster is when its document says nothing. The built-in ones stand in
 * `built-in-profiles.ts`; platform.yaml changes them, or adds others with `extends`, field by field.
 */
import type * as z from "zod/mini";
import { type ClusterSettings, clusterSettings } from "./cluster";
import { type PlacementDocument, placementSchema } from "./environment";
import { once, oneOf, optional, strict, whole } from "./fields/kit";
import { typeName } from "./fields/texts";
import type { BaseType } from "./model";
import {
  type AppsDocument,
  appsSchema,
  type BackupsDocument,
  backupsSchema,
  type DataDefaults,
  type DataDocument,
  dataDefaultsSchema,
  type HostsDocument,
  hostsSchema,
} from "./tenant";

/** A profile as written in platform.yaml. */
export const profileSchema = once(() =>
  strict({
    extends: optional(typeName(), "Profile that this one starts from.", "the built-in profile of the same name"),
    cluster: optional(strict(clusterSettings()), "Settings of clusters of this profile."),
    environment: optional(
      strict({
        placement: optional(
          placementSchema(),
          "Where environments of this type live.",
          "that of the profile it extends",
        ),
        protection: optional(oneOf(["retain", "delete"]), "What happens to data when its declaration goes away."),
        expiresAfterHours: optional(whole("a number of hours", 1, 8760), "Hours from createdAt to expiresAt.", "never"),
        hosts: optional(hostsSchema(), "How hosts are named and served."),
        data: optional(dataDefaultsSchema(), "The stores, but for generations; `false` leaves one out."),
        backups: optional(backupsSchema(), "Backups of the stores."),
        apps: optional(appsSchema(), "Defaults of applications, for environments that have them."),
      }),
      "Settings of environments of this type.",
    ),
  }),
);

export type ProfileDocument = z.infer<ReturnType<typeof profileSchema>>;
export type EnvironmentDefaults = NonNullable<ProfileDocument["environment"]>;

/** A profile with everything it inherits. */
export interface Profile {
  readonly name: string;
  /** The built-in profile at the root of its `extends` chain. */
  readonly root: BaseType | "platform";
  readonly cluster: ClusterSettings;
  readonly environment: EnvironmentDefaults;
}

export type {
  AppsDocument,
  BackupsDocument,
  ClusterSettings,
  DataDefaults,
  DataDocument,
  HostsDocument,
  PlacementDocument,
};
