// Entry of `npm run sandbox`. What is live takes a moment to load, so it is loaded only when it is asked for.
import { run } from "./bundle.mjs";

await run(process.argv.includes("--live") ? "live.ts" : "simulated.ts");
