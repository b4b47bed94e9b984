// Entry of `npm run sandbox`.
import { run } from "./bundle.mjs";

await run("main.ts");
