import type { Finding } from "../core/rules";
import type { Route } from "./route-table/route";

/**
 * How people prove to an application who they are: at a Portal Gate before it, or to the application itself as a client
 * of the identity provider. One of the two and never both: behind both, people sign on twice, a session that has ended at
 * one of them lives on at the other, and which of them decides who may do what is anybody's guess.
 */
export type SignOn =
  /** The application knows nobody; who passes the gate may use it. */
  | {
      readonly kind: "gated";
      /** Name of a gate of the cluster. */
      readonly gate: string;
    }
  /** The application asks the identity provider itself and decides by groups. */
  | {
      readonly kind: "native";
      /** Name of its client at the identity provider. */
      readonly client: string;
    };

/**
 * What in a route table contradicts how people sign on: a gated row of an application that signs people on itself, no
 * gated row where a gate is to guard, and a row behind another gate.
 */
export function signOnFindings(signOn: SignOn, routes: readonly Route[]): Finding[] {
  const gated = routes.filter((route) => route.class === "gated");
  if (signOn.kind === "native") {
    return gated.map(({ name, path, gate }) => ({
      problem: `route ${name} (${path}) stands behind gate ${gate}, and its application signs people on itself, as client ${signOn.client}`,
      fix: "Make the route public, machine or denied, or let the gate sign people on and drop the client.",
    }));
  }
  if (gated.length === 0) {
    return [
      {
        problem: `gate ${signOn.gate} is to sign people on, and no route stands behind it`,
        fix: `Make the routes of people gated by ${signOn.gate}, or declare how the application signs them on itself.`,
      },
    ];
  }
  return gated
    .filter(({ gate }) => gate !== signOn.gate)
    .map(({ name, path, gate }) => ({
      problem: `route ${name} (${path}) stands behind another gate than ${signOn.gate}, which is to sign people on`,
      value: gate,
      fix: `Name gate ${signOn.gate} in the route, or sign on at ${gate}.`,
    }));
}
