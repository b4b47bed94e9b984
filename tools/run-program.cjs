// Runs the bundled program with V8's code cache: most of a short run would go into compiling the same functions again.
// (Node 22 has this built in; 20 has not.) The cache is keyed by the bundle's content: V8 itself compares lengths only.
// Each version of Node has a file of its own, because none takes another's.
const { createHash } = require("node:crypto");
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");

// The run is over before most optimised code has paid for itself: V8 optimises only what runs ten times longer than it
// usually waits for. That saves a quarter of the time, and a tenth with a hundred environments. V8 complains of a flag that
// it does not know, and has renamed this one.
const LATER = { 20: "--interrupt-budget=1000000", 22: "--invocation-count-for-turbofan=30000" };
const flag = LATER[process.versions.node.split(".")[0]];
if (flag !== undefined) v8.setFlagsFromString(flag);

const file = path.join(__dirname, "..", "dist", "main.js");
const bundle = readFileSync(file);
// esbuild writes ASCII, which needs no decoding.
const source = bundle.toString("latin1");
const key = createHash("sha1").update(bundle).digest("hex");
const cacheFile = path.join(path.dirname(file), `main.${process.version}.cache`);

function readCache() {
  try {
    const cache = readFileSync(cacheFile);
    return cache.subarray(0, key.length).toString("latin1") === key ? cache.subarray(key.length) : undefined;
  } catch {
    return undefined;
  }
}

const cachedData = readCache();
const script = new vm.Script(Module.wrap(source), { filename: file, cachedData });
const main = new Module(file, null);
main.filename = file;
main.paths = Module._nodeModulePaths(path.dirname(file));
script.runInThisContext().call(main.exports, main.exports, main.require.bind(main), main, file, path.dirname(file));

if (cachedData === undefined || script.cachedDataRejected) {
  // Written aside and renamed: two runs at once never read half a cache.
  const aside = `${cacheFile}.${process.pid}`;
  writeFileSync(aside, Buffer.concat([Buffer.from(key, "latin1"), script.createCachedData()]));
  renameSync(aside, cacheFile);
}
