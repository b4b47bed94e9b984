// Loaded into each measured process: writes its peak memory when it exits.
const { writeFileSync } = require("node:fs");

const file = process.env.STRATA_BENCH_USAGE;
delete process.env.STRATA_BENCH_USAGE;
process.on("exit", () => writeFileSync(file, JSON.stringify(process.resourceUsage())));
