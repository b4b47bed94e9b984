import type { JsonObject } from "../../../../../constructs/core/json";
import { at } from "../../../../helpers/releases";
import { rowFor } from "../expected";
import { limitDeviations } from "../measure";
import { limitedOf } from "../measure/limited";
import type { World } from "../world";
import { type Asked, Asking, expectedAt } from "./checks/asking";
import { doorDeviations } from "./checks/doors";
import { freedomDeviations } from "./checks/freedom";
import { gateAnswerDeviations } from "./checks/gate-answers";
import { limitsAt } from "./checks/limits-at";
import { rangeDeviations } from "./checks/ranges";
import { denials, Gateway } from "./gateway";
import type { Mutant } from "./mutant";
import { compact, isOfLogin, type Question, questionsOf } from "./universe";

/** Name of the check that asks what a mutant could touch. */
export const NEAR = "what it touches";

/** Something that is asked of Traefik; what it answers are deviations from the tables. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<readonly string[]>;
  /** Middlewares that must not be there meanwhile. @default - none */
  readonly missing?: readonly JsonObject[];
}

/** How many questions are asked of what a mutant touches, first and then. */
const FIRST = 3;
const NEAREST = 12;

/** Chooses what to ask about a mutant: first what it could touch, and all there is when nothing of that saw it. */
export class Judge {
  readonly questions: readonly Question[];
  readonly gateway: Gateway;
  /** Middlewares that refuse everybody, whose rows have a fallback. */
  readonly denials: readonly JsonObject[];
  private readonly asking: Asking;

  constructor(
    private readonly world: World,
    objects: readonly JsonObject[],
  ) {
    this.questions = questionsOf(world.rendered.tables);
    this.gateway = new Gateway(objects, this.questions);
    this.denials = denials(objects);
    this.asking = new Asking(world);
  }

  /** Names of the middlewares that refuse. */
  get refusing(): readonly string[] {
    return this.denials.map((each) => String(at(each, "metadata", "name")));
  }

  /** All that is asked about a mutant, in the order in which it is asked. */
  checksOf(mutant: Mutant): Check[] {
    const asked = (indexes: readonly number[]) => indexes.flatMap((index) => this.questions[index] ?? []);
    const touched = asked(this.gateway.touchedBy(mutant));
    const undenied = asked(this.gateway.touchedBy(mutant, this.refusing));
    const denied = undenied.filter((each) => expectedAt(each).outcome === "refused");
    return [
      ...(touched.length === 0 ? [] : [this.near(spread(touched, FIRST)), this.near(spread(touched, NEAREST))]),
      ...(touched.length <= NEAREST ? [] : [this.near(asked(this.gateway.waysToSee(mutant)))]),
      ...this.special(mutant, touched),
      ...(mutant.object.kind !== "IngressRoute" || denied.length === 0 ? [] : [this.without(spread(denied, NEAREST))]),
      this.everything(compact(this.questions)),
    ];
  }

  /** Everything that can be asked, of a world without a mutant; of limits that are the same on a host, one. */
  all(): Check[] {
    const { world } = this;
    const limits = new Map(
      limitedOf(world.rendered.tables).map((each) => [
        JSON.stringify([each.table.host, each.rate, each.maxBodyBytes]),
        each,
      ]),
    );
    return [
      this.everything(compact(this.questions)),
      { name: "ranges", run: () => rangeDeviations(world) },
      ...world.rendered.tables.map((table) => ({ name: "doors", run: () => doorDeviations(world, table) })),
      ...[...limits.values()].map((each) => ({ name: "limits", run: () => limitDeviations(world, each) })),
      ...world.gated.flatMap((table) =>
        [true, false].map((page) => ({ name: "gates", run: () => gateAnswerDeviations(world, table, page) })),
      ),
      this.without(this.questions.filter((each) => expectedAt(each).outcome === "refused")),
    ];
  }

  private special({ object, path }: Mutant, touched: readonly Question[]): Check[] {
    const { world } = this;
    const has = (kind: string): boolean => at(object, "spec", kind) !== undefined;
    if (has("ipAllowList") && touched.length === 0) return [{ name: "ranges", run: () => rangeDeviations(world) }];
    const checks: Check[] = [];
    if (has("forwardAuth")) {
      const page = String(at(object, "spec", "forwardAuth", "address")).endsWith("/");
      checks.push(
        ...world.gated.map((table) => ({ name: "gates", run: () => gateAnswerDeviations(world, table, page) })),
      );
    }
    if (object.kind === "IngressRoute" && (path.length === 0 || path[1] === "entryPoints" || path[1] === "tls")) {
      const text = JSON.stringify(object);
      const tables = world.rendered.tables.filter(({ host }) => text.includes(`\`${host}\``));
      checks.push(...tables.map((table) => ({ name: "doors", run: () => doorDeviations(world, table) })));
    }
    // A row can differ from the one below it by its limits alone.
    if (object.kind === "IngressRoute" || has("rateLimit") || has("buffering")) checks.push(...this.limits(touched));
    if (object.kind === "IngressRoute") checks.push(...this.freedoms(touched));
    return checks;
  }

  private limits(touched: readonly Question[]): Check[] {
    const { world } = this;
    const limits = limitsAt(world.rendered.tables, touched);
    return limits.map((each) => ({ name: "limits", run: () => limitDeviations(world, each) }));
  }

  private freedoms(touched: readonly Question[]): Check[] {
    const limited = limitedOf(this.world.rendered.tables);
    const free = touched.filter((each) => {
      const row = rowFor(each.table, each.method, each.path);
      const known = limited.some(
        ({ table, path }) => table === each.table && (path === each.path || path === row?.path),
      );
      // The pages of a gate are limited, all of them together.
      return !known && !isOfLogin(each) && row !== undefined && row.class !== "denied" && SENT.includes(each.method);
    });
    const { world } = this;
    return pairs(free).map((each) => ({ name: "freedom", run: () => freedomDeviations(world, each) }));
  }

  private near(questions: readonly Question[]): Check {
    return { name: NEAR, run: () => this.asking.deviations(questions.flatMap(byEverybody)) };
  }

  private everything(questions: readonly Question[]): Check {
    return { name: "everything", run: () => this.asking.deviations(questions.flatMap(byMost)) };
  }

  /** Denied rows stay shut when what refuses is not there. */
  private without(questions: readonly Question[]): Check {
    const asked = questions.flatMap((each) =>
      [true, false].map((member): Asked => ({ ...each, member, way: "ordinary", undenied: true })),
    );
    return { name: "without what refuses", run: () => this.asking.deviations(asked), missing: this.denials };
  }
}

/** Methods to send plenty with, the best first. */
const SENT = ["POST", "PUT", "PATCH", "DELETE", "GET", "OPTIONS"];

/** A page and a script, by a method that carries a body where one is taken. */
function pairs(questions: readonly Question[]): Question[] {
  const [best] = SENT.filter((name) => questions.some(({ method }) => method === name));
  const all = questions.filter(({ method }) => method === best);
  return [all.find(({ page }) => page), all.find(({ page }) => !page)].flatMap((each) => each ?? []);
}

function byEverybody(question: Question): Asked[] {
  return [
    { ...question, member: false, way: "ordinary" },
    { ...question, member: true, way: "ordinary" },
    { ...question, member: false, way: "pod" },
    { ...question, member: false, way: "ipv6" },
  ];
}

/** A member where it makes a difference who asks; from inside, and by IPv6, one page of each row. */
function byMost(question: Question): Asked[] {
  const { table, method, path, page } = question;
  const row = rowFor(table, method, path);
  const [stranger, ...others] = byEverybody(question);
  const every = row !== undefined && row.path === path && page && method === (row.methods?.[0] ?? "GET");
  const some = others.filter(({ member }) =>
    member ? ["gated", "refused"].includes(expectedAt(question).outcome) : every,
  );
  return stranger === undefined ? some : [stranger, ...some];
}

/** Some of many, from everywhere among them. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_each, index) => all[Math.floor((index * all.length) / most)]).flatMap(
    (each) => each ?? [],
  );
}
