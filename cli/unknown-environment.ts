import { StrataError } from "../constructs/core/errors";
import { nearest } from "../constructs/core/nearest";

/**
 * What `--environment` is answered with where nothing belongs to the environment.
 *
 * @param problem - what it has none of
 * @param known - environments that have some
 */
export function unknownEnvironment(problem: string, environment: string, known: Iterable<string>): StrataError {
  const near = nearest(environment, known);
  const fix = near.length === 0 ? "No environment has any in this build." : `Known are: ${near.join(", ")}.`;
  return StrataError.of({ where: "--environment", problem, value: environment, fix });
}
