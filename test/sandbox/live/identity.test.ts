import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { IdentityStandIn, issuersOf } from "../../../sandbox/live/identity";
import { Authority } from "../../../sandbox/live/pki";

const SSO = "https://sso.acme.example";
const GITLAB = "https://gitlab.example/oidc";
const DISCOVERY = "/.well-known/openid-configuration";
let identity: IdentityStandIn;
let ca: string;

beforeAll(async () => {
  const authority = await Authority.create("test");
  ca = authority.certificate;
  identity = await IdentityStandIn.start({ authority, issuers: () => [SSO, GITLAB] });
});

afterAll(() => identity.stop());

/** Asks the stand-in under the name of a host, as Vault does through its proxy. */
function ask(url: string, method = "GET"): Promise<{ readonly status: number; readonly body: unknown }> {
  const { hostname, pathname } = new URL(url);
  const address = new URL(identity.address(hostname) ?? "https://127.0.0.1:1");
  const options = { host: address.hostname, port: address.port, path: pathname, method, ca, servername: hostname };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, headers: { host: hostname }, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) }),
      );
    });
    asked.on("error", reject).end();
  });
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string() });

describe("the stand-in for the identity provider", () => {
  it.each([SSO, GITLAB])("answers discovery under the name of %s, with a certificate for it", async (issuer) => {
    const { status, body } = await ask(`${issuer}${DISCOVERY}`);
    expect(status).toBe(200);
    expect(discovery.parse(body)).toMatchObject({ issuer, jwks_uri: expect.stringMatching(`^${issuer}/`) });
  });

  it("shows the key that its tokens are signed with, and nothing private of it", async () => {
    const { jwks_uri } = discovery.parse((await ask(`${SSO}${DISCOVERY}`)).body);
    const { body } = await ask(jwks_uri);
    const [jwk] = z.object({ keys: z.array(z.record(z.string(), z.string())).length(1) }).parse(body).keys;
    expect(jwk).not.toHaveProperty("d");
    const token = identity.token({ issuer: SSO, subject: "somebody", audience: "vault", groups: ["owners"] });
    const [header = "", payload = "", signature = ""] = token.split(".");
    const key = { key: createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }), dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))).toBe(true);
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    expect(claims).toMatchObject({ iss: SSO, sub: "somebody", aud: "vault", groups: ["owners"] });
  });

  it("answers nothing else, and for nobody else", async () => {
    expect((await ask(`${SSO}/api/users`)).status).toBe(404);
    expect((await ask(`https://gitlab.example${DISCOVERY}`)).status).toBe(404);
    expect((await ask(`${SSO}${DISCOVERY}`, "POST")).status).toBe(404);
    expect(identity.address("vault.acme.example")).toBeUndefined();
  });
});

it("the issuers are those that the stacks tell Vault of", () => {
  const out = mkdtempSync(path.join(tmpdir(), "strata-issuers-"));
  expect(issuersOf(path.join(out, "not-there"))).toEqual([]);
  const write = (id: string, resource: object | undefined): void => {
    mkdirSync(path.join(out, "stacks", id), { recursive: true });
    writeFileSync(path.join(out, "stacks", id, "cdk.tf.json"), JSON.stringify({ resource }));
  };
  write("a", { vault_jwt_auth_backend: { mount: { oidc_discovery_url: SSO } } });
  write("b", { vault_policy: { p: {} } });
  write("c", undefined);
  expect(issuersOf(out)).toEqual([SSO]);
  rmSync(out, { recursive: true });
});
