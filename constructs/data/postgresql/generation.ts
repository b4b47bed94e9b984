import { FIRST_GENERATION, generationName, type Recovery } from "../generations";
import type { PostgresqlClusterProps } from "./index";

/** One generation of the cluster, with what is made for it. */
export interface PostgresqlGeneration {
  /** Name of its Cluster, and of its folder in the backups: no two generations ever share one. */
  readonly name: string;
  /** What it is called in names that belong to the store while another one serves. */
  readonly label: string;
  /** Whether the store's Service leads to it. */
  readonly serving: boolean;
  /** @default - it starts empty */
  readonly recover?: Recovery;
}

/** Every generation that exists, the oldest first. */
export function generationsOf({ name, generations }: PostgresqlClusterProps): PostgresqlGeneration[] {
  const { serving, all } = generations ?? FIRST_GENERATION;
  return Object.entries(all).map(([number, { recover }]) => ({
    name: generationName(name, Number(number)),
    label: `${name}-${number}`,
    serving: Number(number) === serving,
    ...(recover === undefined ? {} : { recover }),
  }));
}

/** Service of the operator that leads to the primary of a generation, whether it serves or not. */
export function ownService({ name }: PostgresqlGeneration): string {
  return `${name}-rw`;
}
