import { checkServerIdentity, connect, type PeerCertificate, type SecureContext } from "node:tls";
import { errorField } from "../../error-field";
import type { Place } from "./resolve";

/** The certificate that a server shows for a host. */
export interface CertificateReport {
  /** What is wrong with it, one sentence each; none when it is in order. */
  readonly problems: readonly string[];
  /** Whole days it lasts from now; negative when it is over. @default - the server showed none */
  readonly daysLeft?: number;
  /** Common name of who signed it. @default - unknown */
  readonly issuer?: string;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * Looks at the certificate of a host.
 *
 * @param trust - whom to trust
 */
export function inspectCertificate(
  host: string,
  { address, port = 443 }: Place,
  { trust, timeoutMs }: { readonly trust: SecureContext; readonly timeoutMs: number },
): Promise<CertificateReport> {
  return new Promise((resolve) => {
    // What is wrong is told below, all of it; the connection is closed before anything is sent.
    const socket = connect({ host: address, port, servername: host, secureContext: trust, rejectUnauthorized: false });
    const end = (report: CertificateReport) => {
      resolve(report);
      socket.destroy();
    };
    socket.setTimeout(timeoutMs, () => end({ problems: [`no TLS handshake in ${timeoutMs / 1000} s`] }));
    socket.once("error", (error) =>
      end({ problems: [`no TLS handshake: ${errorField(error, "code") || "broken off"}`] }),
    );
    socket.once("secureConnect", () => end(report(host, socket.getPeerCertificate(), socket.authorizationError)));
  });
}

function report(host: string, certificate: PeerCertificate, chainError: unknown): CertificateReport {
  if (certificate.valid_to === undefined) return { problems: ["the server shows no certificate"] };
  const until = Date.parse(certificate.valid_to);
  const now = Date.now();
  const code = typeof chainError === "string" ? chainError : errorField(chainError, "code");
  const problems = [
    ...(until < now ? [`it expired on ${new Date(until).toISOString().slice(0, 10)}`] : []),
    ...(Date.parse(certificate.valid_from) > now ? ["it is not valid yet"] : []),
    ...(checkServerIdentity(host, certificate) === undefined
      ? []
      : [`it is of ${namesOf(certificate)}, not of this host`]),
    ...(KNOWN_ABOVE.test(code) || code === "" ? [] : [`nobody trusted signed it (${code})`]),
  ];
  const issuer = certificate.issuer?.CN;
  return {
    problems,
    daysLeft: Math.floor((until - now) / DAY_MS),
    issuer: Array.isArray(issuer) ? issuer[0] : issuer,
  };
}

/** What is told in words of its own already. */
const KNOWN_ABOVE = /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID|null|undefined)$/;

function namesOf({ subjectaltname = "", subject }: PeerCertificate): string {
  const names = subjectaltname.replaceAll(/DNS:|IP Address:/g, "");
  return names || String(subject?.CN ?? "nobody");
}
