import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { inspectCertificate } from "../../../../cli/smoke/http/certificate";
import { gatewayObjects, stackIds } from "../../../../cli/smoke/program/manifests";
import { isJsonObject, type Json, type JsonObject } from "../../../../constructs/core/json";
import { Ports } from "../../../../sandbox/clusters/embedded/ports";
import type { Servers } from "../../../../sandbox/live/servers";
import type { ServerCertificate } from "./certificates";
import { authorize, LOGIN_PAGE, SESSION } from "./gateway";

export interface TraefikOptions {
  readonly servers: Servers;
  readonly command: string;
  readonly folder: string;
  /** Output folder of the program whose routes it serves. */
  readonly program: string;
  readonly certificate: ServerCertificate;
  /** Authority of the certificate, PEM, and a host in it. */
  readonly authority: string;
  readonly host: string;
  /** Changes what is rendered, as a deployment that went wrong has it; `undefined` leaves the object out. */
  readonly change?: (kind: "router" | "middleware", object: JsonObject, name: string) => JsonObject | undefined;
}

/** Starts the real Traefik with the rendered routes, in front of an application, a login and a gate that are played. */
export async function startTraefik(options: TraefikOptions) {
  const { servers, command, folder, program, certificate, change = (_, object) => object } = options;
  const played = {
    echo: createServer((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.headers["x-auth-request-user"] ?? "nobody"));
    }),
    login: createServer(
      (_, response) => void response.writeHead(LOGIN_PAGE.status, LOGIN_PAGE.headers).end(LOGIN_PAGE.body),
    ),
    gate: createServer((request, response) => {
      const { status, headers } = gateAnswer(request);
      response.writeHead(status, headers).end();
    }),
  };
  const urls = { echo: await listen(played.echo), login: await listen(played.login), gate: await listen(played.gate) };
  const routers: Record<string, Json> = {};
  const middlewares: Record<string, Json> = {};
  const keep = (into: Record<string, Json>, kind: "router" | "middleware", name: string, object: JsonObject) => {
    const changed = change(kind, object, name);
    if (changed !== undefined) into[name] = changed;
  };
  for (const stack of stackIds(program)) {
    for (const { kind, json, namespace } of gatewayObjects(program, stack)) {
      // Namespaces of several clusters have the same name.
      const name = `${stack}-${namespace}-${isJsonObject(json.metadata) ? String(json.metadata.name) : ""}`;
      const spec = isJsonObject(json.spec) ? json.spec : {};
      if (kind === "Middleware") keep(middlewares, "middleware", name, pointed(spec, urls.gate));
      for (const [index, route] of (kind === "IngressRoute" ? objects(spec.routes) : []).entries()) {
        const denied = objects(route.services).some((each) => each.name === "noop@internal");
        keep(routers, "router", `${name}-${index}`, {
          rule: route.match ?? "",
          priority: route.priority ?? 0,
          service: denied ? "noop@internal" : stack.startsWith("l2-") ? "login" : "echo",
          middlewares: objects(route.middlewares).map((each) => `${stack}-${namespace}-${String(each.name)}`),
          tls: {},
        });
      }
    }
  }
  const write = (file: string, text: string) => {
    writeFileSync(path.join(folder, file), text, { mode: 0o600 });
    return path.join(folder, file);
  };
  const services = Object.fromEntries(
    (["echo", "login"] as const).map((name) => [name, { loadBalancer: { servers: [{ url: urls[name] }] } }]),
  );
  const filename = write(
    "routes.yaml",
    JSON.stringify({
      http: { routers, middlewares, services },
      tls: {
        certificates: [
          { certFile: write("server.pem", certificate.cert), keyFile: write("server.key", certificate.key) },
        ],
        options: { default: { minVersion: "VersionTLS12", sniStrict: true } },
      },
    }),
  );
  const ports = new Ports();
  const port = await ports.pick();
  const trust = createSecureContext({ ca: options.authority });
  const settings = {
    entryPoints: { edge: { address: `127.0.0.1:${port}` } },
    providers: { file: { filename } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
  };
  const server = await servers.start({
    name: "traefik",
    command,
    args: [`--configFile=${write("traefik.yaml", JSON.stringify(settings))}`],
    cwd: folder,
    env: { HOME: folder },
    log: path.join(folder, "traefik.log"),
    // It listens before it has read its routes and their certificate.
    ready: async () => {
      const place = { address: "127.0.0.1", port };
      return (await inspectCertificate(options.host, place, { trust, timeoutMs: 1000 })).problems.length === 0;
    },
  });
  return {
    port,
    stop: async () => {
      await server.stop();
      for (const each of Object.values(played)) {
        each.close();
        each.closeAllConnections();
      }
    },
  };
}

/** OAuth2-Proxy's documented answers at its root. */
function gateAnswer({ headers }: IncomingMessage): {
  readonly status: number;
  readonly headers?: Record<string, string>;
} {
  if (headers.cookie?.includes(SESSION)) return { status: 202, headers: { "x-auth-request-user": "alice" } };
  if (headers.accept?.includes("application/json")) return { status: 401 };
  const page = `${headers["x-forwarded-proto"]}://${headers["x-forwarded-host"]}${headers["x-forwarded-uri"]}`;
  return { status: 302, headers: { location: authorize(`nonce:${page}`) } };
}

/** A middleware that asks the played gate, where it asks one. */
function pointed(spec: JsonObject, gate: string): JsonObject {
  return isJsonObject(spec.forwardAuth) ? { ...spec, forwardAuth: { ...spec.forwardAuth, address: gate } } : spec;
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return `http://127.0.0.1:${address.port}`;
}
