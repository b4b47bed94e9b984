// Entry of `npm run kill`.
import { run } from "../bundle.mjs";

await run("kill/main.ts");
