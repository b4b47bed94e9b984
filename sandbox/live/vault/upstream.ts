/** A Vault as it is reached without its front. */
export interface Upstream {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Certificate that signed its certificate, PEM. */
  readonly ca: string;
}
