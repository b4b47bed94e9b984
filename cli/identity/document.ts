import path from "node:path";
import { z } from "zod";
import { StrataError } from "../../constructs/core/errors";
import type { IdentityDocument, WrittenRedirect } from "../../constructs/core/identity";
import { CLAIMS, GRANT_TYPES, IDENTITY_ENGINES } from "../../constructs/core/identity/model";
import { clientOf } from "../../constructs/core/identity/redirects";
import { checkTogether } from "../../constructs/core/identity/together";
import { readSynthesizedFile } from "../synthesized-file";
import { unknownEnvironment } from "../unknown-environment";

const SECRET_PATH = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)+$/;
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "not a DNS label");
const secretPath = z.string().regex(SECRET_PATH, "not a path below the mount");
const https = z.url({ protocol: /^https$/, error: "not an https URL" });
const credentials = z.object({ path: secretPath, clientId: z.string().min(1), clientSecret: z.string().min(1) });
const secretKey = z.object({ path: secretPath, key: z.string().min(1) });

const base = {
  provider: z.string(),
  name: label,
  displayName: z.string(),
  environment: z.string().optional(),
  homepage: https.optional(),
  groups: z.array(label),
  claims: z.array(z.enum(CLAIMS)),
  owner: z.string(),
};

const client = z.discriminatedUnion("protocol", [
  z.object({
    ...base,
    protocol: z.literal("oidc"),
    redirectUris: z.array(https),
    sharedRedirects: z.boolean(),
    postLogoutUris: z.array(https),
    grantTypes: z.array(z.enum(GRANT_TYPES)),
    lifetime: z.object({ accessMinutes: z.int().positive(), refreshMinutes: z.int().positive() }),
    secret: secretKey,
  }),
  z.object({
    ...base,
    protocol: z.literal("saml"),
    entityId: z.string(),
    assertionConsumerUrl: https,
    metadata: secretKey,
  }),
]);

const schema = z.object({
  schemaVersion: z.literal(1),
  complete: z.boolean(),
  mount: z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
  providers: z.array(
    z.object({
      name: z.string(),
      engine: z.enum(IDENTITY_ENGINES),
      url: https,
      organisation: z.object({ name: label, displayName: z.string() }),
      domains: z.array(z.string()),
      api: credentials,
      signIn: z.object({ password: z.boolean(), github: credentials.optional() }),
    }),
  ),
  clients: z.array(client),
  redirects: z.array(
    z.object({
      provider: z.string(),
      client: label,
      uri: https,
      environment: z.string().optional(),
      owner: z.string(),
    }),
  ),
  groups: z.array(z.object({ provider: z.string(), name: label, environment: z.string().optional() })),
});

const AGAIN = "Run `npm run synth` again; the file is not edited by hand.";

/** Reads `identity.json` of a synthesized program. */
export function readIdentity(folder: string): IdentityDocument {
  const file = path.join(folder, "identity.json");
  const parsed = schema.safeParse(readSynthesizedFile(file));
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path: where, message }) => ({
      where: `${file} ${where.join(".")}`,
      problem: message,
      fix: AGAIN,
    }));
    throw new StrataError(issues);
  }
  const document = parsed.data;
  const providers = document.providers.map((provider) => ({ provider, owner: provider.name }));
  const redirects = document.redirects.map(({ uri: name, provider }) => ({ name, provider }));
  const unknown = [...document.clients, ...document.groups, ...redirects]
    .filter(({ provider }) => !document.providers.some(({ name }) => name === provider))
    .map(({ name, provider }) => ({ problem: `${name} is of no known provider`, value: provider, fix: AGAIN }));
  const findings = [...unknown, ...checkTogether(providers, document.clients, document.redirects)];
  if (findings.length > 0) throw new StrataError(findings.map((finding) => ({ ...finding, where: file })));
  return document;
}

/**
 * The part of a document that belongs to one environment: its clients with everything that others add to them, its groups,
 * what it adds to others' clients, and the providers that all of it needs.
 *
 * @param environment - @default all of it
 */
export function partOf(document: IdentityDocument, environment: string | undefined): IdentityDocument {
  if (environment === undefined) return document;
  const clients = document.clients.filter((declared) => declared.environment === environment);
  const groups = document.groups.filter((declared) => declared.environment === environment);
  const isOwn = (redirect: WrittenRedirect) => clientOf(redirect, clients) !== undefined;
  const redirects = document.redirects.filter((each) => each.environment === environment || isOwn(each));
  const needed = new Set([...clients, ...groups, ...redirects].map(({ provider }) => provider));
  if (needed.size === 0) {
    const all = [...document.clients, ...document.groups, ...document.redirects];
    const known = new Set(all.flatMap((declared) => declared.environment ?? []));
    throw unknownEnvironment("has no client, group or redirect URI here", environment, known);
  }
  const providers = document.providers.filter(({ name }) => needed.has(name));
  return { ...document, providers, clients, groups, redirects };
}
