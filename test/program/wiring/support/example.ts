import { loadExample, type Synthesized, synthesize } from "../../../helpers/examples";
import { type Release, releasesOf } from "../../../helpers/releases";
import { type Admitted, policies } from "./policies";
import { type ReleasedRoute, routesOf } from "./routes";

/** An example organisation as it is synthesized. */
export class Example {
  readonly program: Synthesized;
  readonly releases: readonly Release[];
  readonly routes: readonly ReleasedRoute[];
  readonly admitted: Admitted;

  constructor(name: "acme" | "minimal") {
    this.program = synthesize(loadExample(name));
    this.releases = releasesOf(this.program.stacks);
    this.routes = routesOf(this.releases);
    this.admitted = policies(this.program);
  }

  /** The releases of the same namespace, this one too. */
  beside({ cluster, namespace }: Release): Release[] {
    return this.releases.filter((other) => other.cluster === cluster && other.namespace === namespace);
  }
}

/** Defines the same tests for every example. */
export function inExamples(define: (example: Example) => void): void {
  describe.each(["acme", "minimal"] as const)("in examples/%s", (name) => define(new Example(name)));
}
