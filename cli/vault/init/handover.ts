import { type AgeSealed, sealFor } from "./age";
import type { InitialKeys } from "./index";
import type { Keepers } from "./keepers";

/** The initial keys in the forms in which they are handed over; encrypted, unless nobody is named who keeps them. */
export interface Handover {
  /** For a file, and for other programs. */
  readonly json: string;
  /** For a person in front of a terminal. */
  readonly text: string;
}

/** Brings the initial keys into the forms in which they leave this process. */
export async function handover(keys: InitialKeys, keepers: Keepers): Promise<Handover> {
  const { keys_base64, root_token } = keys;
  if (keepers.by === "age") return forAge(keys, keepers);
  const encrypted = keepers.by === "pgp";
  return {
    json: toJson({ unseal_keys_b64: keys_base64, root_token }),
    text: [
      ...keys_base64.map((key, index) => `${encrypted ? "Encrypted key" : "Unseal key"} ${index + 1}: ${key}`),
      "",
      `Root token${encrypted ? " (encrypted)" : ""}: ${root_token}`,
      "",
      ...ADVICE,
    ].join("\n"),
  };
}

const ADVICE = [
  "Vault does not show these again. Give each key to another person; use the root token for the first",
  "deployment and revoke it afterwards (vault token revoke -self).",
];

async function forAge(
  { keys_base64, root_token }: InitialKeys,
  { recipients, rootRecipient }: Extract<Keepers, { by: "age" }>,
): Promise<Handover> {
  const unseal = await Promise.all(recipients.map((recipient, index) => sealFor(recipient, keys_base64[index] ?? "")));
  const root = await sealFor(rootRecipient, root_token);
  const block = (title: string, { recipient, armored }: AgeSealed) => `${title}, for ${recipient}:\n${armored}`;
  return {
    json: toJson({ unseal_keys_age: unseal, root_token_age: root }),
    text: [
      ...unseal.map((sealed, index) => block(`Unseal key ${index + 1}`, sealed)),
      block("Root token", root),
      ...ADVICE,
      "Each opens with `age --decrypt -i KEYFILE`.",
    ].join("\n"),
  };
}

function toJson(content: object): string {
  return JSON.stringify(content, undefined, 2);
}
