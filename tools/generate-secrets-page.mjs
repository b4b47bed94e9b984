// Generates docs/secrets.md: what the program declares to be secret for examples/acme. `--check` writes nothing and fails
// if the page is out of date.
import { generatePage } from "./generated-page.mjs";

await generatePage("secrets", ({ secretsPage }, folder) => secretsPage(folder));
