import { createPrivateKey, X509Certificate } from "node:crypto";
import { decoded, type Secret } from "../api/core";
import { milliseconds } from "../duration";
import type { Certificate } from "./objects";

/** What cert-manager takes where a certificate says nothing. */
export const DEFAULT_DURATION_MS = 90 * 24 * 3_600_000;

/** A certificate as it is in its secret. */
export interface Held {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** When a new one is to take its place. */
  readonly renewal: Date;
}

export const CERTIFICATE_NAME = "cert-manager.io/certificate-name";

/** Annotations of a secret that say what its certificate was made for; another request makes another certificate. */
export function identity({ metadata, spec }: Certificate): Record<string, string> {
  return {
    [CERTIFICATE_NAME]: metadata.name,
    "cert-manager.io/common-name": spec.commonName ?? "",
    "cert-manager.io/alt-names": (spec.dnsNames ?? []).join(","),
    "cert-manager.io/ip-sans": (spec.ipAddresses ?? []).join(","),
    "cert-manager.io/issuer-name": spec.issuerRef.name,
    "cert-manager.io/issuer-kind": spec.issuerRef.kind ?? "Issuer",
    "cert-manager.io/issuer-group": spec.issuerRef.group ?? "cert-manager.io",
  };
}

/** The certificate in a secret, if it is the one that was asked for and does not have to be renewed yet. */
export function heldBy(certificate: Certificate, secret: Secret | undefined, now = new Date()): Held | undefined {
  const { "tls.crt": chain, "tls.key": key } = secret?.data ?? {};
  const made = Object.entries(identity(certificate));
  if (!chain || !key || made.some(([name, value]) => secret?.metadata.annotations?.[name] !== value)) return undefined;
  const parsed = parse(decoded(chain), decoded(key));
  if (parsed === undefined || parsed.ca !== (certificate.spec.isCA ?? false)) return undefined;
  const held = times(certificate, parsed);
  return held.renewal > now ? held : undefined;
}

/** When a certificate is valid and when it is to be renewed: after two thirds of its time unless it says otherwise. */
export function times({ spec }: Certificate, { validFrom, validTo }: X509Certificate): Held {
  const [notBefore, notAfter] = [new Date(validFrom), new Date(validTo)];
  const before = milliseconds(spec.renewBefore) ?? durationOf(spec) / 3;
  return { notBefore, notAfter, renewal: new Date(notAfter.getTime() - before) };
}

export function durationOf({ duration }: Certificate["spec"]): number {
  return milliseconds(duration) ?? DEFAULT_DURATION_MS;
}

function parse(chain: string, key: string): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(chain);
    return certificate.checkPrivateKey(createPrivateKey(key)) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
