import path from "node:path";
import { z } from "zod";
import { type Issue, StrataError } from "../../constructs/core/errors";
import { withRetries } from "../retry";
import { SecretValue } from "../secrets/secret-value";
import { readSource } from "../secrets/source";
import type { Session } from "../session";
import { type VaultClient, vaultClient } from "./client";
import { readIfThere, type VaultConnection, vaultConnection, vaultToken } from "./connection";
import { passes, VaultFailure } from "./failure";
import { LOGIN_WAYS, type LoginOptions } from "./login-options";
import { requireOpen, sealStatus } from "./seal-status";

/** A Vault that can be used. */
export interface OpenVault {
  readonly connection: VaultConnection;
  readonly token: SecretValue;
  readonly client: VaultClient;
}

const POD_TOKEN = "@/var/run/secrets/kubernetes.io/serviceaccount/token";
const answer = z.object({ auth: z.object({ client_token: z.string().min(1) }) });

/** Works with Vault, with the token that the options name; a token that it logged in for is revoked at the end. */
export async function withVault<T>(
  session: Session,
  options: LoginOptions,
  work: (vault: OpenVault) => Promise<T>,
): Promise<T> {
  const jwt = checked(session, options);
  const connection = vaultConnection(session);
  if (jwt === undefined) {
    const token = new SecretValue(tokenOf(session, options));
    return work({ connection, token, client: vaultClient(connection, token.reveal()) });
  }
  const token = await logIn(session, connection, options, jwt);
  const client = vaultClient(connection, token.reveal());
  try {
    return await work({ connection, token, client });
  } finally {
    // It ends by itself soon; a policy need not allow this.
    await client.write("auth/token/revoke-self", {}, z.unknown()).catch(() => undefined);
  }
}

/** Reads the JWT of a login; undefined when there is none to be done. */
function checked(session: Session, { login, tokenFile, ...parts }: LoginOptions): SecretValue | undefined {
  const { loginRole, loginMount, loginJwt } = parts;
  const refuse = (issue: Issue) => StrataError.of(issue);
  if (login === undefined) {
    const [given] = Object.entries({ "--login-role": loginRole, "--login-mount": loginMount, "--login-jwt": loginJwt })
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name);
    if (given === undefined) return undefined;
    throw refuse({
      where: given,
      problem: "means nothing without a login",
      fix: `Add --login ${LOGIN_WAYS.join(" or ")}.`,
    });
  }
  if (tokenFile !== undefined) {
    throw refuse({
      where: "--token-file",
      problem: "names a token, and --login asks for one",
      fix: "Use one of them.",
    });
  }
  if (!loginRole) {
    throw refuse({ where: "--login", problem: "no role is named", fix: "Add --login-role NAME." });
  }
  const source = loginJwt ?? (login === "kubernetes" ? POD_TOKEN : undefined);
  const fix = "Write --login-jwt @FILE or --login-jwt env:VARIABLE.";
  if (source === undefined) throw refuse({ where: "--login jwt", problem: "no JWT is named", fix });
  const jwt = readSource(source, session, fix);
  if (!(jwt instanceof SecretValue)) throw refuse({ where: "--login-jwt", ...jwt });
  return new SecretValue(jwt.reveal().trim());
}

function tokenOf(session: Session, { tokenFile }: LoginOptions): string {
  if (tokenFile === undefined) return vaultToken(session);
  const file = path.resolve(session.cwd, tokenFile);
  const token = readIfThere(file)?.trim();
  if (token) return token;
  const problem = token === undefined ? "cannot be read" : "is empty";
  throw StrataError.of({ where: file, problem, fix: "Name the file that holds a token of Vault." });
}

async function logIn(
  session: Session,
  connection: VaultConnection,
  { login, loginRole: role, loginMount }: LoginOptions,
  jwt: SecretValue,
): Promise<SecretValue> {
  const client = vaultClient(connection);
  const mount = loginMount ?? login ?? "";
  // A sealed Vault is told at once instead of being waited for.
  requireOpen(client, await withRetries(session.retry, passes, () => sealStatus(client)));
  try {
    const request = () => client.write(`auth/${mount}/login`, { role, jwt: jwt.reveal() }, answer);
    return new SecretValue((await withRetries(session.retry, passes, request)).auth.client_token);
  } catch (error) {
    if (!(error instanceof VaultFailure) || !["denied", "rejected", "missing"].includes(error.kind)) throw error;
    const problem = `it refused the login as role ${role} at auth/${mount}${said(error)}`;
    const fix = "Check role and mount, and that the JWT is valid still and has the audience that the role asks for.";
    throw new VaultFailure("denied", client.address, problem, fix);
  }
}

const refusal = z.object({ errors: z.array(z.string()) });

function said({ body }: VaultFailure): string {
  const errors = refusal.safeParse(body).data?.errors.join("; ") ?? "";
  return errors === "" ? "" : `: ${errors}`;
}
