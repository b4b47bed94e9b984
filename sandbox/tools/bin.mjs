// Entry of `npm run sandbox:tools`.
import { run } from "../bundle.mjs";

await run("tools/main.ts");
