// Bundles the program into one file. Creation-stack capture is cdktf's biggest cost (hashicorp/terraform-cdk#3892): the
// module that does it is replaced, and the build fails if it is no longer where 0.21 has it.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Replaces cdktf's capture of a stack trace for every token by nothing. */
export function withoutStackTraces() {
  let replaced = false;
  return {
    name: "without-stack-traces",
    setup(builder) {
      builder.onLoad({ filter: /cdktf[\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/ }, () => {
        replaced = true;
        return { contents: "exports.captureStackTrace = () => [];", loader: "js" };
      });
      builder.onEnd(() => {
        if (!replaced) throw new Error("cdktf's stack-trace module has moved: update tools/bundle.mjs");
      });
    },
  };
}

/** Leaves the archiver out: only cdktf's zipped assets need it, the program has none, and loading it takes a fifth of the time. */
function withoutArchiver() {
  return {
    name: "without-archiver",
    setup(builder) {
      builder.onResolve({ filter: /^archiver$/ }, () => ({ path: "archiver", namespace: "without" }));
      builder.onLoad({ filter: /.*/, namespace: "without" }, () => ({
        contents: 'module.exports = () => { throw new Error("the program has no zipped assets"); };',
        loader: "js",
      }));
    },
  };
}

/**
 * Leaves the formats of internationalised names out of the Kubernetes models: no schema of theirs has one, and they load a
 * parser generator, the lists of all URI schemes, and a module of Node that 22 warns of.
 */
function withoutUnusedFormats() {
  return {
    name: "without-unused-formats",
    setup(builder) {
      builder.onLoad(
        { filter: /ajv-formats-draft2019[\\/]formats[\\/](iri|iri-reference|idn-email|idn-hostname)\.js$/ },
        () => ({
          contents: 'module.exports = () => { throw new Error("tools/bundle.mjs leaves this format out"); };',
          loader: "js",
        }),
      );
    },
  };
}

/** Bundles main.ts, to dist/main.js unless a file is given; `plugins` come before those of every bundle. */
export async function bundleProgram({ outfile = path.join(root, "dist", "main.js"), plugins = [] } = {}) {
  await build({
    absWorkingDir: root,
    entryPoints: ["main.ts"],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    legalComments: "none",
    plugins: [...plugins, withoutStackTraces(), withoutArchiver(), withoutUnusedFormats()],
  });
  return outfile;
}
