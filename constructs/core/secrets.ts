import type { IConstruct } from "constructs";
import { claimOwnership } from "./ownership";
import { addRule } from "./rules";
import { checkDeclaration, checkOutputs } from "./secret-rules";
import { compareTexts } from "./texts";

/**
 * What a construct needs to be secret, declared without any value. `strata secrets sync` creates what is missing in
 * Vault; nothing of it passes through Terraform.
 */
export interface SecretDeclaration {
  /** Path below the KV mount: `<env>/<name>` or `clusters/<cluster>/<name>`. Declared once in the whole program. */
  readonly path: string;
  readonly description: string;
  readonly keys: Readonly<Record<string, SecretKey>>;
  /** Service accounts that may read the path; each gets a Vault role and a policy of its own. */
  readonly readers: readonly SecretReader[];
}

/** Where the value of a key comes from. */
export type SecretKey =
  /** Public, known at synth. */
  | {
      readonly kind: "fixed";
      readonly value: string;
      /** Why it is there although nothing reads it. @default - something does */
      readonly reserved?: string;
    }
  /** Made up once by the sync, and anew by a rotation. */
  | {
      readonly kind: "generated";
      readonly rule: GenerationRule;
      /** Why no other value may ever take its place; a rotation is refused with it. @default - it can be rotated */
      readonly permanent?: string;
    }
  /** Handed in by a person. */
  | { readonly kind: "supplied"; readonly description: string; readonly optional?: boolean }
  /** Copied by the sync from an output of an L1 stack. */
  | { readonly kind: "output"; readonly stack: string; readonly output: string }
  /** Made by the sync of other keys of the same path, and again when one of them is rotated. */
  | {
      readonly kind: "derived";
      /** As in `redis://app:{{ .redis_password }}@redis`; see `parseTemplate`, and `urlPart` for what may need escaping. */
      readonly template: string;
    };

/** How a value is made up. */
export type GenerationRule = TextRule | KeyPairRule;

/** A random text. URL-safe values need no encoding in a connection URL. */
export interface TextRule {
  readonly alphabet: "url-safe" | "hex";
  /** Number of characters; at least what `LEAST_CHARACTERS` says, and even for hex. */
  readonly length: number;
}

/** A private key in PEM (PKCS #8). Its public key is a derived key: `{{ .the_key | publicKey }}`. */
export interface KeyPairRule {
  readonly keyPair: "ed25519" | "ecdsa-p256" | "rsa-4096";
}

/** A service account that reads secrets. */
export interface SecretReader {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * A secret that must exist before Vault does; `strata secrets bootstrap` writes it straight into Kubernetes. There are
 * few of them, and the docs list each.
 */
export interface BootstrapSecret {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** Key to what a person has to supply. */
  readonly keys: Readonly<Record<string, { readonly description: string; readonly environmentVariable: string }>>;
}

interface Declared {
  readonly secrets: (SecretDeclaration & { readonly owner: string })[];
  readonly bootstrap: (BootstrapSecret & { readonly owner: string })[];
}

const declaredIn = new WeakMap<IConstruct, Declared>();

/** Declares a secret; a second declaration of its path is refused at synth. */
export function declareSecret(scope: IConstruct, declaration: SecretDeclaration): void {
  claimOwnership(scope, "vault-path", declaration.path);
  addRule(scope, () => [...checkDeclaration(declaration), ...checkOutputs(scope.node.root, declaration)]);
  declared(scope.node.root).secrets.push({ ...declaration, owner: scope.node.path });
}

/** Declares a bootstrap secret. */
export function declareBootstrapSecret(scope: IConstruct, secret: BootstrapSecret): void {
  claimOwnership(scope, "secret", `${secret.cluster}/${secret.namespace}/${secret.name}`);
  declared(scope.node.root).bootstrap.push({ ...secret, owner: scope.node.path });
}

/** Everything declared in the program, sorted: this is written beside the stacks, without values. */
export function declarations(root: IConstruct) {
  const { secrets, bootstrap } = declared(root.node.root);
  return {
    secrets: [...secrets].sort((a, b) => compareTexts(a.path, b.path)),
    bootstrap: [...bootstrap].sort((a, b) => compareTexts(bootstrapKey(a), bootstrapKey(b))),
  };
}

function declared(root: IConstruct): Declared {
  const known = declaredIn.get(root) ?? { secrets: [], bootstrap: [] };
  declaredIn.set(root, known);
  return known;
}

function bootstrapKey(secret: BootstrapSecret): string {
  return `${secret.cluster}/${secret.namespace}/${secret.name}`;
}
