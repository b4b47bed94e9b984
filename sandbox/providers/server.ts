import path from "node:path";
import {
  type handleUnaryCall,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { repositoryRoot } from "../root";
import type { CallObserver } from "./observer";
import type { SimulatedProvider, WireRequest, WireResponse } from "./provider";
import { schemaResponse } from "./schema/to-proto";

/** A provider that listens. */
export interface RunningServer {
  readonly port: number;
  stop(): void;
}

type Handler = (request: WireRequest, peer: string) => WireResponse | Promise<WireResponse>;

/**
 * Serves one provider on a free port of this machine. Every provider needs its own: a call does not name it.
 *
 * @param observer is told of every call
 */
export function serve(provider: SimulatedProvider, observer?: CallObserver): Promise<RunningServer> {
  const service = serviceDefinition();
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const schema = service.GetProviderSchema;
  if (schema === undefined) throw new Error("tfplugin6.proto lacks GetProviderSchema.");
  // The schema is large and never changes: it is serialised once and sent as bytes from then on.
  let serialised: Buffer | undefined;
  const cached = (value: object): Buffer => {
    serialised ??= schema.responseSerialize(value);
    return serialised;
  };
  const handlers: Record<string, Handler> = {
    GetProviderSchema: () => (serialised === undefined ? schemaResponse(provider.schema.json) : {}),
    ValidateProviderConfig: () => ({}),
    ConfigureProvider: (request, peer) => provider.configure(request, peer),
    ValidateResourceConfig: (request) => provider.validate(request),
    ValidateDataResourceConfig: () => ({}),
    ValidateEphemeralResourceConfig: () => ({}),
    UpgradeResourceState: (request) => provider.upgrade(request),
    ReadResource: (request, peer) => provider.read(request, peer),
    PlanResourceChange: (request) => provider.plan(request),
    ApplyResourceChange: (request, peer) => provider.apply(request, peer),
    ImportResourceState: (request, peer) => provider.import(request, peer),
    ReadDataSource: (request, peer) => provider.readData(request, peer),
    OpenEphemeralResource: (request, peer) => provider.openEphemeral(request, peer),
    CloseEphemeralResource: () => ({}),
    StopProvider: () => ({}),
  };
  server.addService(
    { ...service, GetProviderSchema: { ...schema, responseSerialize: cached } },
    Object.fromEntries(
      Object.entries(handlers).map(([rpc, handler]) => [rpc, unary(observed(handler, provider, rpc, observer))]),
    ),
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve({ port, stop: () => server.forceShutdown() });
    });
  });
}

function unary(handler: Handler): UntypedServiceImplementation[string] {
  const call: handleUnaryCall<WireRequest, WireResponse> = async (request, callback) => {
    try {
      callback(null, await handler(request.request, request.getPeer()));
    } catch (error) {
      callback({ code: 13, details: `The simulated provider failed: ${error instanceof Error ? error.stack : error}` });
    }
  };
  return call;
}

function observed(handler: Handler, provider: SimulatedProvider, rpc: string, observer?: CallObserver): Handler {
  if (observer === undefined) return handler;
  const { address } = provider.schema;
  return (request, peer) => observer.around({ address, rpc, request }, () => handler(request, peer));
}

let definition: ServiceDefinition | undefined;

function serviceDefinition(): ServiceDefinition {
  if (definition !== undefined) return definition;
  const file = path.join(repositoryRoot(), "sandbox", "providers", "tfplugin6.proto");
  const loaded = loadPackageDefinition(loadSync(file, { keepCase: true, longs: Number, defaults: true }));
  const protocol = loaded.tfplugin6;
  if (typeof protocol === "function" || protocol === undefined || !("Provider" in protocol)) {
    throw new Error(`${file} has no service Provider.`);
  }
  const client = protocol.Provider;
  if (typeof client !== "function" || !("service" in client)) throw new Error(`${file} has no service Provider.`);
  definition = client.service as ServiceDefinition;
  return definition;
}
