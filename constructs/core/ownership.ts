import type { IConstruct } from "constructs";
import { addRule } from "./rules";

/** Things that have one owner in the whole program. */
export type OwnedKind =
  | "namespace"
  | "route-table"
  | "dns-record"
  | "vault-path"
  | "vault-mount"
  | "vault-policy"
  | "kubernetes-object"
  | "helm-release"
  | "ruleset-phase"
  | "secret"
  | "stack";

interface Claim {
  readonly kind: OwnedKind;
  readonly key: string;
  readonly owner: string;
}

const claimsOf = new WeakMap<IConstruct, Map<string, Claim[]>>();

/**
 * Declares that a construct owns something. A second claim to the same thing is refused at synth, naming both owners.
 *
 * @param key - what is owned, unique for its kind: `<cluster>/<namespace>`, `<host><path>`, `<zone>/<name>/<type>` ...
 */
export function claimOwnership(scope: IConstruct, kind: OwnedKind, key: string): void {
  const root = scope.node.root;
  let claims = claimsOf.get(root);
  if (claims === undefined) {
    claims = new Map();
    claimsOf.set(root, claims);
    addRule(root, () => conflicts(root));
  }
  const id = `${kind} ${key}`;
  claims.set(id, [...(claims.get(id) ?? []), { kind, key, owner: scope.node.path }]);
}

/** Everything of a kind that the program owns, with its owner's construct path. */
export function owned(root: IConstruct, kind: OwnedKind): readonly { readonly key: string; readonly owner: string }[] {
  return [...(claimsOf.get(root)?.values() ?? [])].flat().filter((claim) => claim.kind === kind);
}

function conflicts(root: IConstruct) {
  return [...(claimsOf.get(root)?.values() ?? [])]
    .filter((claims) => claims.length > 1)
    .map((claims) => ({
      problem: `${claims[0]?.kind} ${claims[0]?.key} has ${claims.length} owners: ${claims.map((c) => c.owner).join(", ")}`,
      fix: "Keep it in one of them and refer to it from the others.",
    }));
}
