import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import type { ClusterConnection } from "../../clusters/driver";
import { Failure } from "../../run/failure";
import { ApiRefusal } from "../controllers/api";
import { ApiServer } from "../controllers/api/api-server";
import type { Authority, Issued } from "../pki";
import type { Backend } from "./backend";
import {
  DEFINITIONS,
  draftOf,
  ENDPOINT_SLICES,
  NAMESPACES,
  SECRETS,
  SERVICES,
  TLS_OPTIONS,
  TRAFFIC_KINDS,
  trafficKind,
} from "./kinds";

const SERVED_WITHIN_MS = 20_000;

/** The objects that traffic depends on, in a real API server. */
export class ClusterObjects {
  private readonly api: ApiServer;

  constructor(
    connection: ClusterConnection,
    private readonly authority: Authority,
  ) {
    this.api = new ApiServer(connection);
  }

  /** Installs the definitions of Traefik's kinds, with open schemas: the objects were checked at synth. */
  async define(): Promise<void> {
    const file = path.join(__dirname, "..", "charts", "stand-ins", "traefik", "crds", "definitions.yaml");
    const definitions = parseAllDocuments(readFileSync(file, "utf8")).map((document): unknown => document.toJS());
    for (const definition of definitions) {
      if (isObject(definition)) await this.api.apply(DEFINITIONS, draftOf(definition));
    }
    await Promise.all(TRAFFIC_KINDS.map((kind) => this.served(() => this.api.list(kind))));
  }

  private async namespaces(names: Iterable<string>): Promise<void> {
    await Promise.all([...new Set(names)].map((name) => this.api.apply(NAMESPACES, { metadata: { name } })));
  }

  /** What the chart of Traefik makes of its values: TLS options, one of them the default. */
  async tlsOptions(namespace: string, options: JsonObject): Promise<void> {
    await this.namespaces([namespace]);
    await Promise.all(
      Object.entries(options).map(([name, spec]) =>
        this.api.apply(TLS_OPTIONS, draftOf({ metadata: { name, namespace }, spec })),
      ),
    );
  }

  /** Applies what traffic needs of rendered objects, and signs the certificates that they ask for. */
  async apply(rendered: readonly JsonObject[]): Promise<void> {
    const used = rendered.filter((object) => object.kind === "Certificate" || trafficKind(object) !== undefined);
    await this.namespaces(used.flatMap((object) => draftOf(object).metadata.namespace ?? []));
    await Promise.all(
      used.map(async (object) => {
        const kind = trafficKind(object);
        if (kind !== undefined) await this.api.apply(kind, draftOf(object));
        if (object.kind === "Certificate") await this.sign(object);
      }),
    );
  }

  /** Lets a Service lead to a backend of this machine; makes the Service where no rendered object did. */
  async connect({ destination: { namespace, service, port }, listensOn }: Backend): Promise<void> {
    await this.namespaces([namespace]);
    const found =
      (await this.api.get(SERVICES, { namespace, name: service })) ??
      (await this.api.apply(SERVICES, {
        metadata: { name: service, namespace },
        spec: { ports: [{ name: "http", port }] },
      }));
    const served = found.spec.ports?.find((each) => each.port === port);
    if (served === undefined)
      throw new Failure(`A route leads to port ${port} of ${namespace}/${service}, which has none.`);
    await this.api.apply(ENDPOINT_SLICES, {
      ...draftOf({
        metadata: {
          name: sliceOf(service, port),
          namespace,
          labels: { "kubernetes.io/service-name": service },
        },
        // The API server refuses loopback among addresses of IPv4. As a name 127.0.0.1 is valid, and Traefik connects to it.
        addressType: "FQDN",
        ports: [{ name: served.name ?? "", port: listensOn, protocol: "TCP" }],
        endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true, serving: true } }],
      }),
    });
  }

  /** A TLS secret, with the certificate of the authority that signed it. */
  async tlsSecret(namespace: string, name: string, { certificate, key }: Issued): Promise<void> {
    const data = { "tls.crt": certificate, "tls.key": key, "ca.crt": this.authority.certificate };
    const encoded = Object.entries(data).map(([file, text]) => [file, Buffer.from(text).toString("base64")]);
    await this.api.apply(SECRETS, {
      metadata: { name, namespace },
      type: "kubernetes.io/tls",
      data: Object.fromEntries(encoded),
    });
  }

  /** Takes a rendered object away, does something, and brings it back. */
  async without<T>(object: JsonObject, work: () => Promise<T>): Promise<T> {
    const kind = trafficKind(object);
    const { metadata } = draftOf(object);
    const stored = kind && (await this.api.get(kind, metadata));
    if (kind === undefined || stored === undefined) throw new Failure(`There is no ${object.kind} ${metadata.name}.`);
    await this.api.delete(kind, { ...metadata, uid: stored.metadata.uid });
    try {
      return await work();
    } finally {
      await this.apply([object]);
    }
  }

  /** Has another object in the place of a rendered one, does something, and brings that back. */
  async instead<T>(object: JsonObject, changed: JsonObject, work: () => Promise<T>): Promise<T> {
    await this.apply([changed]);
    try {
      return await work();
    } finally {
      await this.apply([object]);
    }
  }

  /** Takes away who answers for a Service, does something, and brings it back: as when its pods are gone. */
  async withoutEndpoints<T>(backend: Backend, work: () => Promise<T>): Promise<T> {
    const { namespace, service, port } = backend.destination;
    const metadata = { namespace, name: sliceOf(service, port) };
    const slice = await this.api.get(ENDPOINT_SLICES, metadata);
    if (slice === undefined) throw new Failure(`Nobody answers for ${namespace}/${service}:${port}.`);
    await this.api.delete(ENDPOINT_SLICES, { ...metadata, uid: slice.metadata.uid });
    try {
      return await work();
    } finally {
      await this.connect(backend);
    }
  }

  close(): void {
    this.api.close();
  }

  private async sign({ spec, metadata }: JsonObject): Promise<void> {
    if (!isJsonObject(spec) || !isJsonObject(metadata)) return;
    const hosts = Array.isArray(spec.dnsNames) ? spec.dnsNames.map(String) : [];
    const issued = await this.authority.issue({ subject: "CN=routes,O=hosts of the sandbox", hosts });
    await this.tlsSecret(String(metadata.namespace), String(spec.secretName), issued);
  }

  /** The server takes a moment until it serves a kind that was defined. */
  private async served(ask: () => Promise<unknown>): Promise<void> {
    const deadline = Date.now() + SERVED_WITHIN_MS;
    for (;;) {
      try {
        await ask();
        return;
      } catch (error) {
        if (!(error instanceof ApiRefusal) || Date.now() > deadline) throw error;
        await sleep(50);
      }
    }
  }
}

function sliceOf(service: string, port: number): string {
  return `${service}-${port}-here`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
