import { randomBytes } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from "node:http";
import { json, type Reply, redirect, sendReply } from "../reply";
import { type ClientCredentials, Login, type Reach, type Session, type Started } from "./login";
import { afterLogin, askedHost, askedUri, header, isAdmitted } from "./redirects";
import type { GateSettings } from "./settings";

/** How long a session lasts here: longer than any test. */
const HOURS = 12;

const SAME_SITE = { lax: "Lax", strict: "Strict", none: "None" } as const;

/**
 * Answers as OAuth2-Proxy documents it, by the settings of a gate's release: `/` and everything else behind the login,
 * `<prefix>/auth` 202 or 401, `<prefix>/start`, `/callback`, `/sign_out`. It stands in where the real program can't be
 * had, and knows no session but those it made.
 *
 * @see https://oauth2-proxy.github.io/oauth2-proxy/features/endpoints/
 * @see https://oauth2-proxy.github.io/oauth2-proxy/behaviour
 */
export class GateDouble {
  private readonly sessions = new Map<string, Session>();
  private readonly started = new Map<string, Started & { readonly redirect: string }>();
  private readonly login: Login;

  constructor(
    private readonly settings: GateSettings,
    credentials: ClientCredentials,
    reach: Reach,
  ) {
    this.login = new Login(settings, credentials, reach);
  }

  readonly listener: RequestListener = (request, response) => {
    this.reply(request).then(
      (reply) => sendReply(response, reply),
      (error: unknown) => sendReply(response, { status: 500, body: `${String(error)}\n` }),
    );
  };

  private async reply(request: IncomingMessage): Promise<Reply> {
    const { pathname } = addressOf(request);
    const prefix = this.settings.proxy_prefix;
    if (pathname === "/ping" || pathname === "/robots.txt") return { status: 200 };
    if (pathname === `${prefix}/auth`) return this.authOnly(request);
    if (pathname === `${prefix}/start` || pathname === `${prefix}/sign_in`) return this.start(request);
    if (pathname === `${prefix}/callback`) return this.callback(request);
    if (pathname === `${prefix}/sign_out`) return this.signOut(request);
    return this.proxy(request);
  }

  private authOnly(request: IncomingMessage): Reply {
    const session = this.sessionOf(request);
    const passes = session !== undefined && this.isMember(session);
    return passes ? { status: 202, headers: this.identity(session) } : { status: 401 };
  }

  /** Everything that is not the proxy's own: the upstream's fixed answer for who is logged in. */
  private async proxy(request: IncomingMessage): Promise<Reply> {
    const session = this.sessionOf(request);
    if (session === undefined) {
      const api = this.settings.api_routes.some((route) => new RegExp(route).test(askedUri(request, this.settings)));
      if (this.settings.force_json_errors || api || wantsJson(request)) return json(401, {});
      return this.settings.skip_provider_button ? this.start(request) : { status: 403 };
    }
    if (!this.isMember(session)) return { status: 403, headers: { "set-cookie": this.cookie(request, "", 0) } };
    const status = Number(this.settings.upstreams[0]?.replace("static://", ""));
    return { status, headers: this.identity(session) };
  }

  private async start(request: IncomingMessage): Promise<Reply> {
    const started = await this.login.start();
    this.started.set(started.state, { ...started, redirect: afterLogin(request, this.settings) });
    return redirect(started.location, this.cookie(request, started.state, 900, this.attempt));
  }

  private async callback(request: IncomingMessage): Promise<Reply> {
    const { searchParams } = addressOf(request);
    const state = searchParams.get("state") ?? "";
    const started = this.started.get(state);
    // The browser that comes back is the one that left.
    if (started === undefined || this.cookieOf(request, this.attempt) !== state) return { status: 403 };
    this.started.delete(state);
    const session = await this.login.redeem(searchParams.get("code") ?? "", started);
    if (session === undefined) return { status: 500 };
    if (!this.isMember(session)) return { status: 403 };
    const ticket = randomBytes(24).toString("base64url");
    this.sessions.set(ticket, session);
    const cookies = [this.cookie(request, ticket, HOURS * 3600), this.cookie(request, "", 0, this.attempt)];
    return redirect(started.redirect, cookies);
  }

  private signOut(request: IncomingMessage): Reply {
    this.sessions.delete(this.cookieOf(request, this.settings.cookie_name));
    const asked = addressOf(request).searchParams.get("rd") ?? "";
    return redirect(isAdmitted(asked, this.settings) ? asked : "/", this.cookie(request, "", 0));
  }

  /** Name of the cookie of a login that was begun. */
  private get attempt(): string {
    return `${this.settings.cookie_name}_csrf`;
  }

  private sessionOf(request: IncomingMessage): Session | undefined {
    return this.sessions.get(this.cookieOf(request, this.settings.cookie_name));
  }

  private isMember({ groups }: Session): boolean {
    const allowed = this.settings.allowed_groups;
    return allowed.length === 0 || groups.some((group) => allowed.includes(group));
  }

  private identity({ user, email, groups }: Session): OutgoingHttpHeaders {
    if (!this.settings.set_xauthrequest) return { "gap-auth": email };
    return {
      "gap-auth": email,
      "x-auth-request-user": user,
      "x-auth-request-email": email,
      "x-auth-request-groups": groups.join(","),
    };
  }

  private cookieOf(request: IncomingMessage, name: string): string {
    const pairs = header(request, "cookie").split("; ");
    return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  }

  private cookie(request: IncomingMessage, value: string, seconds: number, name = this.settings.cookie_name): string {
    const {
      cookie_domains: domains,
      cookie_path: path,
      cookie_secure,
      cookie_httponly,
      cookie_samesite,
    } = this.settings;
    const host = askedHost(request, this.settings);
    const domain = domains.find((each) => `.${host}`.endsWith(each)) ?? domains.at(-1);
    return [
      `${name}=${value}`,
      `Path=${path}`,
      ...(domain === undefined ? [] : [`Domain=${domain}`]),
      `Max-Age=${seconds}`,
      ...(cookie_httponly ? ["HttpOnly"] : []),
      ...(cookie_secure ? ["Secure"] : []),
      ...(cookie_samesite === "" ? [] : [`SameSite=${SAME_SITE[cookie_samesite]}`]),
    ].join("; ");
  }
}

/** What the program takes for a script's request: one that would have JSON, and nothing else. */
function wantsJson(request: IncomingMessage): boolean {
  const accepted = header(request, "accept").split(",");
  return accepted.some((type) => type.trim() === "application/json");
}

function addressOf({ url }: IncomingMessage): URL {
  return new URL(url ?? "/", "http://gate.invalid");
}
