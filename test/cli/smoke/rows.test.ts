import { deviationTests, route } from "./support/deviations";
import { authorize, FORBIDDEN, GOOD, NOT_FOUND } from "./support/gateway";
import { APP } from "./support/program";
import { HOSTS } from "./support/smoke";

// Hundreds of handshakes on a busy machine take their time.
jest.setTimeout(60_000);

/** Where a gate sends a browser. */
const TO_LOGIN = { status: 302, headers: { location: authorize("n:/") } };

deviationTests([
  [
    "a public path is redirected to the login",
    route("/script.js", () => TO_LOGIN),
    ["GET, HEAD /script.js | browser | shut", "GET, HEAD /script.js | OPTIONS | shut"],
    "the login",
  ],
  [
    "a machine path is redirected to the login",
    route("/api/export", (seen, parts) => parts.gate(seen, parts)),
    ["/api/export/* | browser | shut"],
    "the login",
  ],
  [
    "an ingestion path is behind the gate",
    route("/api/track", (seen, parts) => parts.gate(seen, parts)),
    ["POST /api/track | forged headers | shut"],
    "the login",
  ],
  [
    "a forged header comes through to an application",
    { application: ({ headers }) => ({ status: 200, body: JSON.stringify(headers) }) },
    ["GET, HEAD /script.js | forged headers | forged", "/live/* | forged headers | forged"],
    "what a forged X-Auth-Request-User, X-Auth-Request-Email, ",
  ],
  [
    "a denied path is refused by the fallback only",
    route("/api/metrics", () => ({ status: 418 })),
    ["/api/metrics/* | browser | missing", "/api/metrics/* | forged headers | missing"],
    "what is left without the middleware",
  ],
  [
    "a public WebSocket gets the login",
    route("/live", (seen) => (seen.websocket ? TO_LOGIN : GOOD.application(seen))),
    ["/live/* | WebSocket | shut"],
    "the login",
  ],
  [
    "a denied path reaches the application",
    route("/api/metrics", (seen, parts) => parts.application(seen)),
    ["/api/metrics/* | browser | open", "/api/metrics/* | path in disguise | open"],
    "something behind the route answered",
  ],
  [
    "a denied path is only gated",
    route("/api/metrics", (seen, parts) => parts.gate(seen, parts)),
    ["/api/metrics/* | browser | open"],
    "something behind the route answered",
  ],
  [
    "a denied path opens when it is written in another way",
    {
      route: (seen, parts) => (/%[0-9A-F]{2}/.test(seen.url) ? parts.application(seen) : GOOD.route(seen, parts)),
    },
    ["/api/metrics/* | path in disguise | open"],
    "let in",
  ],
  [
    "a route is missing",
    route("/script.js", () => NOT_FOUND),
    ["GET, HEAD /script.js | browser | missing"],
    "the gateway has no route",
  ],
  [
    "a public path is refused by the gateway",
    route("/script.js", () => FORBIDDEN),
    ["GET, HEAD /script.js | browser | shut"],
    "refused by the gateway",
  ],
  [
    "the application is down",
    { application: () => ({ status: 503 }) },
    ["GET, HEAD /script.js | browser | down", "/api/export/* | XHR | down"],
    "is down",
  ],
  [
    "an undeclared method is let through",
    route("/api/track", () => ({ status: 200, body: "ok" })),
    ["POST /api/track | GET, not declared (/api/*) | open"],
    "let in",
  ],
  [
    "every host is answered for",
    { route: (seen, parts) => GOOD.route(HOSTS.includes(seen.host) ? seen : { ...seen, host: APP }, parts) },
    ["/live/* | another host | open"],
    "a host that nobody declared",
  ],
  [
    "a rate limit is met",
    route("/live", () => ({ status: 429 })),
    ["/live/* | browser | limited"],
    "lower --concurrency",
  ],
]);
