const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Kubernetes models are ESM with only an "import" condition: they are mapped to their files and transformed like our own sources.
const esm =
  "kubernetes-models|@kubernetes-models|is-cidr|cidr-regex|@kubernetes/client-node|openid-client|oauth4webapi|jose|jsonpath-plus|age-encryption|@noble|@scure";
// The models' own validator stands beside an older one that the generator of models brings along.
const validate = ["base/node_modules/@kubernetes-models/validate", "validate"]
  .map((folder) => `node_modules/@kubernetes-models/${folder}/dist`)
  .find((folder) => existsSync(join(__dirname, folder)));
/** Suites with a command each, because they take long. */
const SLOW = ["fuzz", "kill", "live", "mutations"];
const common = {
  rootDir: __dirname,
  testEnvironment: "node",
  transform: { "^.+\\.(t|j|mj)s$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esm})/)`],
  moduleNameMapper: {
    "^kubernetes-models/(.*)$": "<rootDir>/node_modules/kubernetes-models/$1.js",
    "^@kubernetes-models/base$": "<rootDir>/node_modules/@kubernetes-models/base/dist/index.js",
    "^@kubernetes-models/validate$": `<rootDir>/${validate}/index.js`,
    "^@kubernetes-models/validate/runtime/(.*)$": `<rootDir>/${validate}/runtime/$1.js`,
    "^@kubernetes-models/(traefik|cert-manager|external-secrets|cloudnative-pg|apimachinery|gateway-api)/(.*)$":
      "<rootDir>/node_modules/@kubernetes-models/$1/$2.js",
  },
  modulePathIgnorePatterns: ["<rootDir>/(dist|\\.sandbox|\\.cache|cdktf\\.out)/"],
  setupFiles: ["<rootDir>/test/setup.ts"],
  snapshotResolver: "<rootDir>/test/snapshot-resolver.js",
};

module.exports = {
  // Jest leaves one core free by default, which on two cores is half of them.
  maxWorkers: "100%",
  // No test says anything by its time: a machine that is busy with something else is not a failure.
  testTimeout: 30_000,
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "<rootDir>/test/sandbox/e2e/",
        ...SLOW.map((slow) => `<rootDir>/test/${slow}/`),
      ],
    },
    { ...common, displayName: "sandbox", testMatch: ["<rootDir>/test/sandbox/e2e/**/*.test.ts"] },
    ...SLOW.map((name) => ({
      ...common,
      displayName: name,
      testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
    })),
  ],
};
