import { StrataError } from "../../../constructs/core/errors";
import { remembered } from "../../remember";
import type { Session } from "../../session";
import { cloudflareApi } from "../apis/cloudflare";
import { vultrLists } from "../apis/vultr";
import { type ClusterOf, clusters } from "../clusters";
import type { Program, ProgramResource } from "../program";
import { type Lookups, ParentAbsent, type Sighting } from "../sighting";
import { leavingAddress, type States } from "../states";
import { Values } from "../values";
import { cloudflareLookups } from "./cloudflare";
import { kubernetesLookups } from "./kubernetes";
import { vaultLookups } from "./vault";
import { type Namesake, vultrLookups, vultrNamesakes } from "./vultr";

/** They exist in the state only. */
const LOCAL = /^(terraform_data$|random_|null_|time_|tls_)/;

/** Making them writes over what is there; releases are installed with `upgrade_install`. */
const WRITTEN_OVER = new Set([
  "helm_release",
  "cloudflare_zone_setting",
  "vault_policy",
  "vault_kv_secret_backend_v2",
  "vault_kubernetes_auth_backend_config",
  "vault_kubernetes_auth_backend_role",
  "vault_jwt_auth_backend_role",
]);

/** Whether a resource that exists already would be in the way of its own creation. */
export function canBeLost({ type }: ProgramResource): boolean {
  return !LOCAL.test(type) && !WRITTEN_OVER.has(type);
}

/** Everything that looks at real APIs. */
export interface Eyes {
  readonly values: Values;
  readonly clusterOf: ClusterOf;
  /** Looks for the object of a resource that is not in its state. @throws StrataError when that is not possible */
  see(resource: ProgramResource): Promise<Sighting>;
  /** Vultr's objects that carry the name of a resource and stand in no state. */
  namesakes(resource: ProgramResource): Promise<readonly Namesake[]>;
}

/** Opens the APIs; each is asked when the first thing is looked for. */
export function openEyes(session: Session, program: Program, states: States): Eyes {
  const vultr = vultrLists(session);
  const cloudflare = cloudflareApi(session);
  const state = async (stack: string) => (await states.of(stack)).state;
  const clusterOf = clusters(program, async (stack) => (await state(stack)).outputs, session.retry);
  const resources = new Map(
    [...program.values()].flatMap((stack) => stack.resources.map((each) => [keyOf(each), each])),
  );
  const see = remembered(async (key) => {
    const resource = resources.get(key);
    return resource === undefined ? { is: "absent" as const } : look(resource, lookups, states);
  });
  const values = new Values({
    program,
    state,
    see: (resource) => see(keyOf(resource)),
    zoneId: (zone) => cloudflare.zoneId(zone),
  });
  const lookups: Lookups = {
    ...vultrLookups(vultr, values, (resource, id) => isLeaving(resource, id, states)),
    ...cloudflareLookups(cloudflare, values),
    ...vaultLookups(session, values),
    ...kubernetesLookups(clusterOf, values),
  };
  return {
    values,
    clusterOf,
    see: (resource) => see(keyOf(resource)),
    namesakes: async (resource) => {
      const all = await vultrNamesakes(resource, vultr, values);
      return all.filter(({ id }) => states.ownerOf(resource.type, resource.alias, id) === undefined);
    },
  };
}

/** The state has it beside its address, where a run of ours has put it: the next apply deletes it. */
function isLeaving({ stack, type, alias, address }: ProgramResource, id: string, states: States): boolean {
  const owner = states.ownerOf(type, alias, id);
  return owner?.stack === stack && owner.address === leavingAddress(address);
}

function keyOf({ stack, address }: ProgramResource): string {
  return `${stack} ${address}`;
}

async function look(resource: ProgramResource, lookups: Lookups, states: States): Promise<Sighting> {
  const { stack, address, type, alias } = resource;
  const lookup = lookups[type];
  if (lookup === undefined) {
    const problem = `not looked for: strata recover does not know ${type}`;
    const fix = "If the next deployment says that it exists, import it by hand.";
    throw StrataError.of({ where: `${stack} ${address}`, problem, fix });
  }
  const sighting = await lookup(resource).catch((error: unknown): Sighting => {
    if (error instanceof ParentAbsent) return { is: "absent" };
    throw error;
  });
  if (sighting.is !== "there") return sighting;
  const owner = states.ownerOf(type, alias, sighting.id);
  if (owner === undefined) return sighting;
  // Terraform would take it in here and destroy it there.
  const move = `${states.commandIn(stack)} state mv ${owner.address} ${address}`;
  return {
    is: "unclear",
    problem: `${sighting.id} exists, and ${owner.stack} has it in its state as ${owner.address}`,
    fix: owner.stack === stack ? `If its address changed: ${move}` : "Take it out of that stack's state first.",
    candidates: [],
  };
}
