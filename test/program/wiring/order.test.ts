import { describeProgram } from "../../../stacks/description";
import { list, texts } from "../../helpers/releases";
import { inExamples } from "./support/example";

/** Who runs the custom resources of an API group: chart and stack step. */
const OPERATORS: Readonly<Record<string, string>> = {
  "cert-manager.io": "cert-manager",
  "traefik.io": "traefik",
  "external-secrets.io": "external-secrets",
  "generators.external-secrets.io": "external-secrets",
  "postgresql.cnpg.io": "cloudnative-pg",
  "clickhouse.altinity.com": "altinity-clickhouse-operator",
};

inExamples(({ program, releases }) => {
  test("custom resources come after the operator that knows them", () => {
    const { stacks } = describeProgram(program.context);
    for (const release of releases) {
      const charts = new Set(release.objects.map(({ apiVersion }) => OPERATORS[apiVersion.split("/")[0] ?? ""] ?? ""));
      for (const chart of [...charts].filter((each) => each !== "")) {
        const operator = releases.find((other) => other.cluster === release.cluster && other.chart === chart);
        const after =
          operator?.stack === release.stack
            ? closure(
                release.address,
                (address) =>
                  releases.find((each) => each.stack === release.stack && each.address === address)?.dependsOn ?? [],
              )
            : closure(release.stack, (id) => texts(list(stacks).find((each) => each.id === id)?.dependencies));
        const wanted = operator?.stack === release.stack ? operator.address : operator?.stack;
        expect({ release: `${release.stack} ${release.name}`, chart, after: [...after] }).toMatchObject({
          after: expect.arrayContaining([wanted]),
        });
      }
    }
  });
});

/** Everything that is reached from a start. */
function closure(start: string, next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set<string>();
  const waiting = [...next(start)];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...next(id));
  }
  return seen;
}
