// Synthesizes the program with constructs that were changed to leak, each in another way. Run by the canary test, which
// has to find exactly that: node leaking-program.mjs <folder of the bundle>, with the variables of `npm run synth`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleProgram } from "../../tools/bundle.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What is changed: by file, a text of the construct and what takes its place. */
const CHANGES = {
  "constructs/kubernetes/cluster-target.ts": [
    // The key of the cluster as an output of a stack that only reads it.
    [
      'this.record = recordCluster(this, cluster, read("cluster_id"));',
      `this.record = recordCluster(this, cluster, read("cluster_id"));
       if (stack.node.id === "l2-base-prod") stack.publish("leaked_key", read("client_key"), { sensitive: true });`,
    ],
  ],
  "constructs/kubernetes/pinned-chart.ts": [
    // The key of the cluster in a setting of one release, and a text that somebody knew at synth in the values of another.
    [
      "values: [valuesText(props.values)],",
      `values: [
         valuesText(props.values),
         ...(props.release === "cert-manager" && target.cluster === "prod" ? ["leaked: " + process.env.STRATA_CANARY] : []),
       ],
       ...(props.release === "vault"
         ? { set: [{ name: "leaked", value: require("cdktf").Fn.base64encode(String(target.kubernetes.clientKey)) }] }
         : {}),`,
    ],
  ],
};

const leaks = {
  name: "leaks",
  setup(builder) {
    builder.onLoad({ filter: /constructs[\\/]kubernetes[\\/](cluster-target|pinned-chart)\.ts$/ }, ({ path: file }) => {
      const name = path.relative(root, file).split(path.sep).join("/");
      const contents = CHANGES[name].reduce(
        (text, [from, to]) => {
          if (!text.includes(from)) throw new Error(`${name} has changed: it has no ${from}`);
          return text.replace(from, () => to);
        },
        readFileSync(file, "utf8"),
      );
      return { contents, loader: "ts" };
    });
  },
};

// Below the checkout, because the program looks for its charts above its own file.
const outfile = path.join(process.argv[2], "main.cjs");
await bundleProgram({ outfile, plugins: [leaks] });
await import(pathToFileURL(outfile).href);
