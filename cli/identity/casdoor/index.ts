import type { IdentityProvider } from "../../../constructs/core/identity";
import { isJsonObject, type JsonObject } from "../../../constructs/core/json";
import { type FoundObject, IdentityConflict, type IdentityEngine, type KeptClient, type WantedObject } from "../engine";
import { IdentityFailure, passes } from "../failure";
import { type CasdoorApi, denied } from "./api";
import { ADMIN, checkLengths } from "./application";
import { compareSecret, differences, MASK, objectsIn, revisionOf, rightValues, textOf, uriDifference } from "./fields";
import { keeperOf } from "./mark";
import { type Shape, shapeOf } from "./shape";

/**
 * Casdoor behind the port. Its API has no check-and-set and replaces whole objects, so an update reads the object once
 * more right before it writes it back with the owned fields changed.
 *
 * @see https://casdoor.org/docs/basic/public-api
 */
export function casdoorEngine(api: CasdoorApi, provider: IdentityProvider, now = () => new Date()): IdentityEngine {
  const shape = (wanted: WantedObject) => shapeOf(wanted, provider, now());
  return {
    name: api.name,
    passes,
    // Nobody but an administrator may list applications; a single one is shown to everybody, with its secrets masked.
    check: async () => void (await applications(api)),
    read: async (wanted) => {
      const wish = shape(wanted);
      const found = await readObject(api, wish);
      return found && foundObject(wish, found);
    },
    write: (wanted, expected) =>
      expected === undefined ? add(api, shape(wanted)) : update(api, shape(wanted), expected),
    list: async () => (await applications(api)).flatMap(keptClient),
  };
}

async function applications(api: CasdoorApi): Promise<readonly JsonObject[]> {
  return objectsIn(await api.get("get-applications", { owner: ADMIN }));
}

function keptClient(application: JsonObject): KeptClient[] {
  const keeper = keeperOf(textOf(application, "description"));
  return typeof keeper === "string" ? [] : [{ name: textOf(application, "name"), ...keeper }];
}

async function readObject(api: CasdoorApi, wish: Shape): Promise<JsonObject | undefined> {
  const { noun, owner, name, stored } = wish;
  const found =
    noun === "provider" ? await readProvider(api, wish) : await api.get(`get-${noun}`, { id: `${owner}/${name}` });
  if (found === null) return undefined;
  const right = isJsonObject(found) && found.name === name;
  if (!right) throw new IdentityFailure("rejected", api.name, `it answered get-${noun} with something else`, "");
  // Only who has no rights is shown an application like that; written back, it would lose its settings.
  if (noun === "application" && found.clientSecret === MASK) throw denied(api.name, "get-application");
  return stored(found);
}

/** Secrets of providers are shown to administrators who are people; an application has to name one. */
async function readProvider(api: CasdoorApi, { owner, name }: Shape) {
  const query = { id: `${owner}/${name}` };
  try {
    return await api.get("get-provider", { ...query, withSecret: "1", userId: "built-in/admin" });
  } catch (error) {
    if (!(error instanceof IdentityFailure) || error.kind !== "rejected") throw error;
    return api.get("get-provider", query);
  }
}

function foundObject({ owner, owned, secret, uris, keeper }: Shape, found: JsonObject): FoundObject {
  return {
    // Names of groups and providers are known once in all of Casdoor, whoever owns them.
    keeper: found.owner === owner ? keeper(found) : "somebody else",
    differs: differences(owned, found),
    secret: secret === undefined ? "none" : compareSecret(found.clientSecret, secret),
    ...(uris !== undefined && { uris: uriDifference(uris, found.redirectUris) }),
    revision: revisionOf(found),
  };
}

async function add(api: CasdoorApi, wish: Shape): Promise<void> {
  const { noun, fresh, owned, name } = wish;
  const object = { ...fresh, ...rightValues(owned, fresh), ...secretOf(wish) };
  if (noun === "application") checkLengths(api.name, object);
  try {
    if (await api.post(`add-${noun}`, {}, object)) return;
  } catch (error) {
    if (!(error instanceof IdentityFailure) || error.kind !== "rejected") throw error;
    await explainRefusal(api, wish, error);
  }
  // It says so when the client id is taken, and when its database refused the row.
  if (noun === "application") await explainTaken(api, name);
  throw new IdentityConflict(`${api.name} added no ${noun} ${name}, and does not say why`);
}

async function update(api: CasdoorApi, wish: Shape, expected: FoundObject): Promise<void> {
  const { noun, owner, name, owned } = wish;
  const found = await readObject(api, wish);
  if (found === undefined || revisionOf(found) !== expected.revision) {
    throw new IdentityConflict(`${noun} ${name} was changed by somebody else at the same time`);
  }
  const object = { ...found, ...rightValues(owned, found), ...secretOf(wish) };
  if (noun === "application") checkLengths(api.name, object);
  if (await api.post(`update-${noun}`, { id: `${owner}/${name}` }, object)) return;
  if (noun === "application") await explainTaken(api, name);
  throw new IdentityConflict(`${api.name} changed nothing of ${noun} ${name}, and does not say why`);
}

function secretOf({ secret }: Shape): JsonObject {
  return secret === undefined ? {} : { clientSecret: secret.reveal() };
}

async function explainTaken(api: CasdoorApi, clientId: string): Promise<void> {
  const other = (await applications(api)).find((each) => each.clientId === clientId && each.name !== clientId);
  if (other === undefined) return;
  const problem = `its application ${textOf(other, "name")} has the client id ${clientId} already`;
  throw new IdentityFailure("rejected", api.name, problem, "Give that one another client id, or rename the client.");
}

/** Another writer may have been first: then the object is there, and there is nothing to explain. */
async function explainRefusal(api: CasdoorApi, wish: Shape, error: IdentityFailure): Promise<void> {
  if ((await readObject(api, wish)) !== undefined) {
    throw new IdentityConflict(`${wish.noun} ${wish.name} was made by somebody else at the same time`);
  }
  if (wish.noun !== "group") throw error;
  const groups = objectsIn(await api.get("get-groups", { owner: "" }));
  const other = groups.find(({ name }) => name === wish.name);
  if (other === undefined) throw error;
  const problem = `its organisation ${textOf(other, "owner")} has a group ${wish.name}, and it knows each name once`;
  throw new IdentityFailure("rejected", api.name, problem, "Rename that one, or use another name.");
}
