import type { Route } from "../../access/route-table";
import { slug } from "../../core/names";
import { CASDOOR_PORT, CASDOOR_SERVICE } from "./names";

const backend = { service: CASDOOR_SERVICE, port: CASDOOR_PORT };

/** Largest object that is sent by the pages or by `strata identity sync`; nothing is uploaded, for want of a place. */
const OBJECT_BYTES = 1_048_576;
/** Largest form of somebody who signs in, or request for a token. */
const FORM_BYTES = 65_536;

/** What guesses, or sends mail and short messages at somebody's expense: a person needs a few of them. */
const SIGN_IN = { average: 5, burst: 20 } as const;
const SIGN_IN_PATHS: readonly string[] = [
  "/api/login",
  "/api/signup",
  "/api/webauthn",
  "/api/mfa",
  "/api/send-verification-code",
  "/api/verify-code",
  "/api/verify-captcha",
  "/api/get-email-and-phone",
  "/api/check-user-password",
  "/api/set-password",
  "/api/reset-email-or-phone",
];

/** Tokens for clients: all people of a gate come from the few addresses of its cluster. */
const TOKENS = { average: 20, burst: 60 } as const;

/**
 * What nobody outside needs: interfaces of protocols that no client here speaks (SAML, CAS, SCIM, device sign-in, Kerberos,
 * registration of clients by themselves, tools for language models), and doors for monitoring and for other services. Some
 * of them let everybody in, such as `/api/v1`, which stores what telemetry it is sent, and `/files`, which lists folders.
 *
 * Its router takes `.json` behind a path too. Such a path is none of those that its own rules open to everybody.
 */
const DENIED: readonly string[] = [
  "/api/metrics",
  "/api/health",
  "/api/v1",
  "/api/mcp",
  "/api/server",
  "/api/get-mcp-access-token",
  "/api/run-casbin-command",
  "/api/refresh-engines",
  "/api/oauth/register",
  "/api/device-auth",
  "/api/device-auth-complete",
  "/api/cancel-device-auth",
  "/api/kerberos-login",
  "/api/saml",
  "/api/acs",
  "/api/webhook",
  "/api/notify-payment",
  "/cas",
  "/scim",
  "/swagger",
  "/files",
];

/**
 * The rows of the identity provider's host. Everything is public, because it is where sessions are made: Casdoor decides by
 * its own rules who may use its API. What has to work: discovery, keys, the pages with their API, GitHub's way back
 * (`/callback`), tokens, and the API for `strata identity sync`.
 *
 * @see https://casdoor.org/docs/basic/public-api
 */
export function casdoorRoutes(): readonly Route[] {
  return [
    ...DENIED.map((path): Route => ({ name: `no${nameOf(path)}`, class: "denied", path, match: "prefix" })),
    {
      name: "tokens",
      class: "public",
      path: "/api/login/oauth",
      match: "prefix",
      backend,
      rateLimit: TOKENS,
      maxBodyBytes: FORM_BYTES,
    },
    ...SIGN_IN_PATHS.map(
      (path): Route => ({
        name: `sign-in${nameOf(path)}`,
        class: "public",
        path,
        match: "prefix",
        backend,
        rateLimit: SIGN_IN,
        maxBodyBytes: FORM_BYTES,
      }),
    ),
    {
      name: "identity",
      class: "public",
      path: "/",
      match: "prefix",
      backend,
      rateLimit: { average: 50, burst: 100 },
      maxBodyBytes: OBJECT_BYTES,
    },
  ];
}

/** As in `-login` of `/api/login`. */
function nameOf(path: string): string {
  return `-${slug(path.replace(/^\/(api\/)?/, "").replaceAll("/", "-"))}`;
}
