import { type Issue, StrataError } from "../../../constructs/core/errors";

/**
 * Does all of them at once; one that fails does not keep the others from their end.
 *
 * @throws StrataError with the issues of all that failed
 */
export async function all<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const issues: Issue[] = [];
  const failures: unknown[] = [];
  await Promise.all(
    items.map(async (item, index) => {
      try {
        results[index] = await work(item);
      } catch (error) {
        if (error instanceof StrataError) issues.push(...error.issues);
        else failures.push(error);
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  if (issues.length > 0) throw new StrataError(issues);
  return results;
}
