import { z } from "zod";
import type { JsonObject } from "../../../../constructs/core/json";
import { Failure } from "../../../run/failure";

/** What else the chart would pass on: a gate must not be tested without it, so it is refused. */
const NOT_SET = z.undefined().optional();

const gateValues = z.object({
  config: z.strictObject({ existingSecret: z.string(), configFile: z.string() }),
  sessionStorage: z.strictObject({
    type: z.literal("redis"),
    redis: z.strictObject({
      clientType: z.literal("standalone"),
      existingSecret: z.string(),
      passwordKey: z.string(),
      standalone: z.strictObject({ connectionUrl: z.url({ protocol: /^redis$/ }) }),
    }),
  }),
  extraArgs: NOT_SET,
  extraEnv: NOT_SET,
  envFrom: NOT_SET,
  alphaConfig: NOT_SET,
  authenticatedEmailsFile: NOT_SET,
  htpasswdFile: NOT_SET,
  proxyVarsAsSecrets: NOT_SET,
});

const storeValues = z.object({
  auth: z.strictObject({
    enabled: z.literal(true),
    usersExistingSecret: z.string(),
    aclUsers: z.record(z.string(), z.strictObject({ permissions: z.string(), passwordKey: z.string() })),
  }),
  valkeyConfig: z.string(),
});

/** What the charts make of the values of a gate: the program's files and environment, but for secrets. */
export interface GateRelease {
  /** The program's configuration file. */
  readonly configuration: string;
  /** Address of the session store, as the program is told it. */
  readonly storeUrl: string;
  /** Rules of the store's users, by name; all of them have the store's password. */
  readonly users: Readonly<Record<string, string>>;
  /** Lines of the store's configuration. */
  readonly storeConfiguration: string;
}

/**
 * Reads the values of a gate's proxy and of its session store.
 *
 * @see https://github.com/oauth2-proxy/manifests/blob/main/helm/oauth2-proxy/templates/deployment.yaml
 * @throws Failure when a value is there that is not passed on here
 */
export function readGateRelease(proxy: JsonObject, store: JsonObject): GateRelease {
  const { config, sessionStorage } = read(gateValues, proxy, "a gate");
  const { auth, valkeyConfig } = read(storeValues, store, "a gate's session store");
  const { existingSecret, passwordKey, standalone } = sessionStorage.redis;
  const user = auth.aclUsers.default;
  if (existingSecret !== auth.usersExistingSecret || passwordKey !== user?.passwordKey) {
    throw new Failure(
      `A gate logs in with ${existingSecret}/${passwordKey}, its store knows ${auth.usersExistingSecret}/${user?.passwordKey}.`,
    );
  }
  return {
    // The chart renders the file as a template, in which its own marks are escaped.
    configuration: config.configFile.replaceAll('{{ "{{" }}', "{{"),
    storeUrl: standalone.connectionUrl,
    users: Object.fromEntries(Object.entries(auth.aclUsers).map(([name, { permissions }]) => [name, permissions])),
    storeConfiguration: valkeyConfig,
  };
}

function read<T>(schema: z.ZodType<T>, values: JsonObject, what: string): T {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new Failure(`The values of ${what} say what is not tested. Pass it on in sandbox/live/traffic/gate as the chart does:
${z.prettifyError(result.error)}`);
}
