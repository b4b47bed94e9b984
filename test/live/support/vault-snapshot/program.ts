import { generated, hex, supplied, type TestSecret, writeProgram } from "../../../cli/support/program";

/** What a person supplies. */
export const SMTP_PASSWORD = "password-of-the-mail-server";

const STACKS = ["l3-data-staging", "l4-apps-staging"];

const openpanel: TestSecret = {
  path: "staging/openpanel",
  readers: [{ cluster: "platform", namespace: "data-staging", serviceAccount: "secret-reader" }],
  keys: {
    postgres_host: { kind: "fixed", value: "postgresql.data-staging" },
    postgres_password: generated,
    encryption_key: { ...hex, permanent: "what is stored can be read with this key only" },
    smtp_password: supplied,
    saml_key: { kind: "generated", rule: { keyPair: "ecdsa-p256" } },
    saml_public_key: { kind: "derived", template: "{{ .saml_key | publicKey }}" },
    postgres_hash: { kind: "derived", template: "{{ .postgres_password | sha256sum }}" },
  },
};
const prod: TestSecret = { path: "prod/openpanel", keys: { postgres_password: generated } };

/** Writes a program with a secret of each kind; answers its folder. */
export function writeSecrets(): string {
  return writeProgram({
    secrets: [openpanel, prod],
    stacks: Object.fromEntries(STACKS.map((id) => [id, []])),
    backends: Object.fromEntries(STACKS.map((id) => [id, { local: { path: `../../../state/${id}.tfstate` } }])),
  });
}
