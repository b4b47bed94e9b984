import { IngressRoute } from "@kubernetes-models/traefik/traefik.io/v1alpha1/IngressRoute";
import { Middleware } from "@kubernetes-models/traefik/traefik.io/v1alpha1/Middleware";
import type { ManifestObject } from "../../kubernetes/manifest-set";
import { type EntryPointName, rateLimit } from "../entry-point";
import { cleanHeaders } from "../headers";
import { gateAddress, gatePath, type PortalGate, type Visit } from "./gate";

/** Largest answer of a gate that Traefik reads: it needs the status and a few headers. */
const RESPONSE_BYTES = 65_536;

/**
 * ForwardAuth to a gate. Traefik writes down itself what was asked for: nothing that the client says of it is believed.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/forwardauth/
 */
export function gateMiddleware(gate: PortalGate, visit: Visit) {
  return {
    forwardAuth: {
      address: gateAddress(gate, visit),
      trustForwardHeader: false,
      authResponseHeaders: ["X-Auth-Request-User", "X-Auth-Request-Email"],
      maxResponseBodySize: RESPONSE_BYTES,
    },
  };
}

export interface LoginProps {
  readonly gate: PortalGate;
  /** Namespace of what is guarded; it names the objects. */
  readonly guarded: string;
  readonly host: string;
  readonly entryPoint: EntryPointName;
}

/** Name of the release, and of its objects, that serve a gate's login on a host of another namespace. */
export function loginRelease({ guarded }: Pick<LoginProps, "guarded">): string {
  return `login-${guarded}`;
}

/** Requests a second from one client: a login takes three, and each one that is begun asks the session store. */
const LIMIT = { average: 20, burst: 40 };

/** Wins over every row of the host but what is denied: nobody can log in where the login is behind itself. */
const PRIORITY = 39_990;

/**
 * The gate's own pages on a guarded host: `<path>/callback`, `/sign_out` and what they need. The route stands in the
 * namespace of the gate, because Traefik lets no route lead into another; its certificate is the host's, which Traefik
 * finds by the name that is asked for.
 */
export function loginObjects(props: LoginProps): ManifestObject[] {
  const { gate, host, entryPoint } = props;
  const name = loginRelease(props);
  return [
    new Middleware({
      metadata: { name: `${name}-strip-headers`, namespace: gate.namespace },
      spec: cleanHeaders(host, entryPoint),
    }),
    new Middleware({
      metadata: { name: `${name}-rate`, namespace: gate.namespace },
      spec: rateLimit(LIMIT, entryPoint),
    }),
    new IngressRoute({
      metadata: { name, namespace: gate.namespace },
      spec: {
        entryPoints: [entryPoint],
        tls: {},
        routes: [
          {
            kind: "Rule",
            match: `Host(\`${host}\`) && PathPrefix(\`${gatePath(gate.name)}/\`) && (Method(\`GET\`) || Method(\`HEAD\`))`,
            priority: PRIORITY,
            middlewares: [{ name: `${name}-strip-headers` }, { name: `${name}-rate` }],
            services: [{ kind: "Service", name: gate.service, port: gate.port }],
          },
        ],
      },
    }),
  ];
}
