import type { OutgoingHttpHeaders } from "node:http";
import type { Answer, Client, Request } from "./client";

/** An address from which Cloudflare connects. */
export const CLOUDFLARE = "173.245.48.10";

/**
 * A client behind Cloudflare's proxy. Cloudflare says who the client is: it sets `CF-Connecting-IP` and
 * `X-Forwarded-Proto` whatever the client sent, and appends to `X-Forwarded-For`; other headers it passes on.
 *
 * @see https://developers.cloudflare.com/fundamentals/reference/http-headers/
 */
export class ProxiedClient {
  /** @param client connects with an address of Cloudflare; others may send through it, too */
  constructor(
    private readonly client: Client,
    readonly address: string,
  ) {}

  send(request: Request): Promise<Answer> {
    return this.client.send({ ...request, headers: this.proxied(request.headers ?? {}) });
  }

  private proxied(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
    const forged = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-forwarded-for")?.[1];
    const kept = Object.entries(headers).filter(([name]) => !SET.includes(name.toLowerCase()));
    return {
      ...Object.fromEntries(kept),
      "cf-connecting-ip": this.address,
      "x-forwarded-proto": "https",
      "x-forwarded-for": forged === undefined ? this.address : `${forged}, ${this.address}`,
    };
  }
}

const SET = ["cf-connecting-ip", "x-forwarded-proto", "x-forwarded-for"];
