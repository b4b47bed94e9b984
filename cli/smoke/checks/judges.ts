import { type Answer, header, type Reply, replyText, type Silence } from "../http/answer";
import { type Asked, destination, isLogin, isRedirect, loginProblem } from "./login";
import type { Judgement } from "./result";

/** Says whether a reply is as declared. */
export type Judge = (reply: Reply, asked: Asked, loginHosts: ReadonlySet<string>) => Judgement;

/** The application answers, whatever it says: nobody was sent to a login and nothing on the way refused. */
export const answered: Judge = (reply, asked, loginHosts) => {
  const trouble = troubleOf(reply);
  if (trouble !== undefined || reply.kind === "silence") return trouble ?? { got: replyText(reply) };
  const got = replyText(reply);
  const to = destination(reply, asked);
  if (to !== undefined && isLogin(to, asked, loginHosts)) return { got: `${got}: the login`, problem: "shut" };
  if (header(reply, "cf-mitigated") !== "") return { got: `${got}: challenged by Cloudflare`, problem: "shut" };
  if (isOfGateway(reply, 403)) return { got: `${got}: refused by the gateway`, problem: "shut" };
  if (isOfGateway(reply, 404)) return { got: `${got}: the gateway has no route for it`, problem: "missing" };
  return { got };
};

/** As {@link answered}, on a host where people log in: it may send them on to the next step. */
export const answeredByLogin: Judge = (reply, asked) => answered(reply, asked, new Set());

/** The application answers someone with a session: neither a login nor a refusal. */
export const admitted: Judge = (reply, asked, loginHosts) => {
  const judgement = answered(reply, asked, loginHosts);
  if (judgement.problem !== undefined || reply.kind === "silence") return judgement;
  const refusal = reply.status === 401 || reply.status === 403;
  return refusal ? { got: `${judgement.got}: refused, as by a gate`, problem: "shut" } : judgement;
};

/**
 * A browser without a session is sent to the login, and back to its page afterwards.
 *
 * @param callback - path on the page's own host where the login's code goes
 */
export function sentToLogin(callback: string): Judge {
  return (reply, asked, loginHosts) => {
    const trouble = troubleOf(reply) ?? letIn(reply);
    if (trouble !== undefined || reply.kind === "silence") return trouble ?? { got: replyText(reply) };
    const got = replyText(reply);
    const to = destination(reply, asked);
    if (to !== undefined) return loginProblem(to, { ...asked, callback }, loginHosts) ?? { got };
    if (isOfGateway(reply, 404)) return { got: `${got}: the gateway has no route for it`, problem: "missing" };
    return { got: `${got}: no way to the login`, problem: "login" };
  };
}

/** A request of a program in a browser gets 401: it can't follow to a login. */
export const unauthorized: Judge = (reply, asked, loginHosts) => {
  const trouble = troubleOf(reply);
  if (trouble !== undefined || reply.kind === "silence") return trouble ?? { got: replyText(reply) };
  const got = replyText(reply);
  if (reply.status === 401) return { got };
  if (isLoginPage(reply)) return { got: `${got}: a login page, which it takes for the answer`, problem: "xhr" };
  const to = destination(reply, asked);
  if (to !== undefined && isLogin(to, asked, loginHosts)) return { got: `${got}: it can't log in`, problem: "xhr" };
  if (isOfGateway(reply, 404)) return { got: `${got}: the gateway has no route for it`, problem: "missing" };
  return letIn(reply) ?? { got, problem: "xhr" };
};

/** Everybody is refused by the gateway. */
export function refused(status: number): Judge {
  return (reply) => {
    const trouble = troubleOf(reply);
    if (trouble !== undefined || reply.kind === "silence") return trouble ?? { got: replyText(reply) };
    const got = replyText(reply);
    if (reply.status === status) return { got };
    if (isFallback(reply)) {
      return { got: `${got}: refused, but only by what is left without the middleware`, problem: "missing" };
    }
    return { got: `${got}: something behind the route answered`, problem: "open" };
  };
}

/** Not let in, in whichever way. */
export const keptOut: Judge = (reply, asked, loginHosts) => {
  const trouble = troubleOf(reply) ?? letIn(reply);
  if (trouble !== undefined || reply.kind === "silence") return trouble ?? { got: replyText(reply) };
  const to = destination(reply, asked);
  const got = replyText(reply);
  if (to !== undefined && !isLogin(to, asked, loginHosts)) return { got, problem: "open" };
  return { got };
};

/** Nothing answers under another name: the handshake or the request is refused. */
export const unknownHost: Judge = (reply) => {
  const got = replyText(reply);
  if (reply.kind === "silence") return reply.reason === "refused-tls" ? { got } : ofSilence(reply);
  if (reply.status >= 400 && reply.status !== 429 && ![500, 502, 503, 504].includes(reply.status)) return { got };
  return { got: `${got}: served under a host that nobody declared`, problem: "open" };
};

/** What keeps a reply from saying anything of the route. */
function troubleOf(reply: Reply): Judgement | undefined {
  if (reply.kind === "silence") return ofSilence(reply);
  const got = replyText(reply);
  if (reply.status === 429) return { got: `${got}: a rate limit; lower --concurrency`, problem: "limited" };
  if ([502, 503, 504].includes(reply.status)) return { got: `${got}: what answers for it is down`, problem: "down" };
  return reply.status >= 500 ? { got: `${got}: what answers for it fails`, problem: "down" } : undefined;
}

function ofSilence(silence: Silence): Judgement {
  return { got: replyText(silence), problem: silence.reason === "slow" ? "slow" : "unreachable" };
}

function letIn(reply: Reply): Judgement | undefined {
  if (reply.kind === "silence" || isRedirect(reply)) return undefined;
  const { status } = reply;
  if (status === 101) return { got: "101: connected", problem: "open" };
  return status >= 200 && status < 300 ? { got: `${replyText(reply)}: let in`, problem: "open" } : undefined;
}

/** Traefik's own answers are a line of plain text. */
function isOfGateway({ status, headers, body }: Answer, wanted: 403 | 404): boolean {
  const text = wanted === 404 ? "404 page not found" : "Forbidden";
  return status === wanted && /^text\/plain/.test(String(headers["content-type"])) && body.trim() === text;
}

/** Traefik's own service that leads nowhere. */
function isFallback({ status, body }: Answer): boolean {
  return status === 418 && body === "";
}

function isLoginPage(answer: Answer): boolean {
  const html = header(answer, "content-type").startsWith("text/html");
  return answer.status === 200 && html && /type=["']?password|sign\s?in|log\s?in/i.test(answer.body);
}
