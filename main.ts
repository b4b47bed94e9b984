import { App } from "cdktf";
import { StrataError } from "./constructs/core/errors";
import { takeIn } from "./constructs/core/imports";
import { renderProgram } from "./constructs/core/synth";
import { writeProgram } from "./constructs/core/synth/output";
import { loadImports } from "./schema/imports";
import { loadPlatform } from "./schema/load";
import { describeProgram } from "./stacks/description";
import { buildProgram } from "./stacks/program";

/**
 * The program: configuration in, stacks out. Run through `npm run synth`, which bundles it and checks its types
 * beside it.
 *
 * - STRATA_CONFIG: folder of platform.yaml, and of imports.json where there is one (default `config`)
 * - STRATA_ENVIRONMENT: read only this environment's document, and build only the stacks that it owns
 * - STRATA_ONLY: build only the stacks whose ids match, as in `*-prod`
 * - STRATA_BACKEND=local: keep every state in local files, whatever the configuration says
 * - STRATA_ALLOW_DESTROY: leave `prevent_destroy` out of the stacks whose ids match
 * - STRATA_CHARTS=repositories: name the charts' own repositories even where the configuration has a mirror
 * - CDKTF_OUTDIR: where to write (default `cdktf.out`)
 */
function main(): void {
  const { env } = process;
  const environment = env.STRATA_ENVIRONMENT;
  const config = env.STRATA_CONFIG ?? "config";
  const platform = loadPlatform(config, { only: environment });
  const app = new App({ outdir: env.CDKTF_OUTDIR ?? "cdktf.out", stackTraces: false });
  const program = buildProgram(app, platform, {
    environment,
    only: env.STRATA_ONLY,
    allowDestroy: env.STRATA_ALLOW_DESTROY,
    localState: env.STRATA_BACKEND === "local",
    chartRepositories: env.STRATA_CHARTS === "repositories",
  });
  takeIn(app, loadImports(config), { complete: program.complete });
  const stacks = renderProgram(app, { complete: program.complete });
  writeProgram(app, stacks, describeProgram(program));
}

try {
  main();
} catch (error) {
  if (!(error instanceof StrataError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
