import type { Gate, Person } from "../../../../sandbox/live/traffic";
import type { RenderedCluster } from "./program";

/** Somebody who is in every gate's groups, and somebody in none of them. */
export const MEMBER = { name: "maria", email: "maria@acme.example" };
export const OUTSIDER = { name: "otto", email: "otto@acme.example" };

/** Everybody who can log in at the provider of the tests. */
export function peopleOf(rendered: RenderedCluster): Person[] {
  const all = rendered.gates.flatMap((gate) => groupsOf(rendered, gate));
  return [
    { ...MEMBER, groups: [...new Set(all), "others"] },
    { ...OUTSIDER, groups: ["others"] },
    ...rendered.gates.map((gate) => memberOf(rendered, gate)),
  ];
}

/** Somebody who is in the groups of one gate and in no other's. */
export function memberOf(rendered: RenderedCluster, gate: Gate): Person {
  const name = `only-${gate.name}`;
  return { name, email: `${name}@acme.example`, groups: groupsOf(rendered, gate) };
}

/** Gates that have no group in common with this one. */
export function gatesApart(rendered: RenderedCluster, gate: string): readonly Gate[] {
  const own = rendered.gates.filter(({ name }) => name === gate).flatMap((each) => groupsOf(rendered, each));
  return rendered.gates.filter((each) => !groupsOf(rendered, each).some((group) => own.includes(group)));
}

function groupsOf({ document }: RenderedCluster, { clientId }: Gate): readonly string[] {
  return document.clients.find(({ name }) => name === clientId)?.groups ?? [];
}
