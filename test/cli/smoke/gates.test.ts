import { deviationTests, gate, route } from "./support/deviations";
import { authorize, GOOD, LOGIN_PAGE, NOT_FOUND } from "./support/gateway";
import { APP, SIGN_ON } from "./support/program";

// Hundreds of handshakes on a busy machine take their time.
jest.setTimeout(60_000);

/** A page of an application. */
const PAGE = { status: 200, headers: { "content-type": "text/html" }, body: "<h1>Shop</h1>" };

deviationTests([
  [
    "a gated page is open",
    gate(() => PAGE),
    ["/* | browser | open", "/api/* | XHR | open", "/* | WebSocket | open"],
    "let in",
  ],
  [
    "a forged header opens a gated page",
    gate((seen, parts) => (seen.headers["x-auth-request-user"] ? PAGE : GOOD.gate(seen, parts))),
    ["/* | forged headers | forged", "/api/* | forged headers | forged"],
    "let in",
  ],
  [
    "an XHR gets the login page with 200",
    gate((seen, parts) => (seen.headers.accept === "application/json" ? LOGIN_PAGE : GOOD.gate(seen, parts))),
    ["/* | XHR | xhr", "/api/* | XHR | xhr"],
    "a login page",
  ],
  [
    "an XHR is redirected",
    gate((seen, parts) => GOOD.gate({ ...seen, headers: { accept: "text/html" } }, parts)),
    ["/* | XHR | xhr", "/api/* | XHR | xhr"],
    "it can't log in",
  ],
  ["the gate is down", gate(() => ({ status: 502 })), ["/* | browser | down", "/api/* | XHR | down"], "is down"],
  [
    "a browser gets 401 and no way to log in",
    gate(() => ({ status: 401 })),
    ["/* | browser | login", "/api/* | browser | login"],
    "no way to the login",
  ],
  [
    "the login is at another place",
    gate((seen, parts) =>
      seen.headers.accept?.includes("json")
        ? GOOD.gate(seen, parts)
        : { status: 302, headers: { location: authorize(`n:${seen.url}`, APP, "evil.example") } },
    ),
    ["/* | browser | login"],
    "not the gate's login",
  ],
  ...[
    ["another host", "auth-platform.acme.example", "/oauth2/main/callback"],
    ["another gate", APP, "/oauth2/staff/callback"],
    ["a page of the application", APP, "/oauth2/main/callback/../../../steal"],
  ].map(
    ([whose, host = "", callback]) =>
      [
        `the login would send its code to ${whose}`,
        gate((seen, parts) =>
          seen.headers.accept?.includes("html")
            ? { status: 302, headers: { location: authorize(`n:${seen.url}`, host, SIGN_ON, callback) } }
            : GOOD.gate(seen, parts),
        ),
        ["/* | browser | login", "/api/* | browser | login"],
        `which would send the login's code to https://${host}`,
      ] as const,
  ),
  [
    "a gate sends a browser to a page of its own first",
    gate((seen, parts) =>
      seen.headers.accept?.includes("html")
        ? { status: 302, headers: { location: `/oauth2/main/start?rd=${encodeURIComponent(seen.url)}` } }
        : GOOD.gate(seen, parts),
    ),
    ["/* | browser | login"],
    "not the gate's login",
  ],
  [
    "a program that takes anything is sent to the login",
    gate((seen, parts) =>
      seen.headers.accept === "*/*" ? { status: 302, headers: { location: authorize("n:/") } } : GOOD.gate(seen, parts),
    ),
    ["/* | program | xhr", "/api/* | program | xhr"],
    "it can't log in",
  ],
  [
    "the login of a gate is not served on the host",
    route("/oauth2/main", () => NOT_FOUND),
    ["GET, HEAD /oauth2/main/* | browser | missing"],
    "the gateway has no route",
  ],
  [
    "the deep link is lost",
    gate((seen, parts) => GOOD.gate({ ...seen, url: seen.path }, parts)),
    ["/* | browser, a page below | deep-link", "/api/* | browser, a page below | deep-link"],
    "without the page that was asked for",
  ],
  [
    "a forged host gets into the link back",
    gate((seen, parts) => GOOD.gate({ ...seen, host: String(seen.headers["x-forwarded-host"] ?? seen.host) }, parts)),
    ["/* | forged headers | forged"],
    "what a forged X-Forwarded-Host said",
  ],
  [
    "a preflight request meets the gate",
    {
      route: (seen, parts) =>
        seen.host === APP && seen.method === "OPTIONS" ? { status: 401, body: "{}" } : GOOD.route(seen, parts),
    },
    ["/* | OPTIONS | shut", "/api/* | OPTIONS | shut"],
    "refused, as by a gate",
  ],
  [
    "a WebSocket connects without a session",
    gate((seen, parts) => (seen.websocket ? { status: 101 } : GOOD.gate(seen, parts))),
    ["/* | WebSocket | open"],
    "connected",
  ],
]);
