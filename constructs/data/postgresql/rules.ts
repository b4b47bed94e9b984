import type { Finding } from "../../core/rules";
import { FIRST_GENERATION } from "../generations";
import { generationsOf } from "./generation";
import type { PostgresqlClusterProps } from "./index";
import { poolerService } from "./pooler";

/** What can't be made of the generations that a cluster is asked for. */
export function checkGenerations(props: PostgresqlClusterProps): Finding[] {
  const { serving, all } = props.generations ?? FIRST_GENERATION;
  const numbers = Object.keys(all).map(Number);
  return [
    ...(numbers.includes(serving)
      ? []
      : [
          {
            problem: `${props.name} is served by a generation that does not exist`,
            value: String(serving),
            fix: `Let one of ${numbers.join(", ")} serve, or add the generation.`,
          },
        ]),
    ...numbers
      .filter((number) => !Number.isInteger(number) || number < 1)
      .map((number) => ({
        problem: `a generation of ${props.name} has no proper number`,
        value: String(number),
        fix: "Number generations 1, 2, 3 and so on.",
      })),
    ...Object.entries(all).flatMap(([number, { recover }]) =>
      recover === undefined ? [] : checkRecovery(props, Number(number), recover.from),
    ),
  ];
}

function checkRecovery(props: PostgresqlClusterProps, number: number, from: number): Finding[] {
  const what = `generation ${number} of ${props.name}`;
  return [
    ...(props.backup === undefined
      ? [
          {
            problem: `${what} is recovered from backups, but there are none`,
            fix: "Switch backups on, or let the generation start empty.",
          },
        ]
      : []),
    // What was archived under a number belongs to that generation for ever.
    ...(from >= number
      ? [
          {
            problem: `${what} is recovered from one that is not older`,
            value: String(from),
            fix: "Give the new generation a higher number than any before it.",
          },
        ]
      : []),
  ];
}

/** Services that would have the name of one of the operator's own. */
export function checkNames(props: PostgresqlClusterProps): Finding[] {
  const taken = generationsOf(props).flatMap(({ name }) =>
    ["-rw", "-ro", "-r", "-pgbouncer"].map((suffix) => `${name}${suffix}`),
  );
  return [props.service, poolerService(props)]
    .filter((service) => taken.includes(service))
    .map((service) => ({
      problem: "a service has a name that the operator gives to one of its own",
      value: service,
      fix: `Name it anything but ${taken.join(", ")}.`,
    }));
}
