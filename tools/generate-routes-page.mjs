// Generates docs/routes.md: the route tables of examples/acme, as they are rendered. `--check` writes nothing and fails
// if the page is out of date.
import { generatePage } from "./generated-page.mjs";

await generatePage("routes", ({ routesPage }, folder) => routesPage(folder));
