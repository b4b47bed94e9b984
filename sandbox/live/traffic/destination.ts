/** A Service of the cluster that routes lead to. */
export interface Destination {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  /** Name in its certificate and the secret with who signed it, where it speaks TLS. @default - plain HTTP */
  readonly tls?: { readonly serverName: string; readonly caSecret: string };
}

/** `namespace/service:port`: what a destination is called in the journal. */
export function nameOf({ namespace, service, port }: Destination): string {
  return `${namespace}/${service}:${port}`;
}
