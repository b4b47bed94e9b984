import { type Api, ApiUnreachable } from "../api";
import type { ResourceType, Served, Stored } from "../api/objects";
import {
  availability,
  CUSTOM_RESOURCE_DEFINITIONS,
  type CustomResourceDefinition,
  definitionOf,
  hasStatusOfItsOwn,
} from "./definitions";
import { Informer, type Store } from "./informer";
import { messageOf, Problems } from "./problems";

interface Watched<T extends Stored> {
  readonly type: ResourceType<T>;
  readonly informer: Informer<T>;
}

/**
 * A cluster as its controllers see it: its API server, and the objects that they look at, read once for all of them.
 * Kinds that an operator brings are watched from the moment on at which they are served.
 */
export class ClusterView {
  readonly problems: Problems;
  private readonly watched: Watched<Stored>[] = [];
  private readonly definitions: Store<CustomResourceDefinition>;

  constructor(
    /** What the cluster is called. */
    readonly name: string,
    readonly api: Api,
    /** Takes a line on what was done; never a secret. */
    readonly say: (line: string) => void,
  ) {
    this.problems = new Problems(say);
    this.definitions = this.store(CUSTOM_RESOURCE_DEFINITIONS);
    this.definitions.onChange((definition, gone) => {
      for (const { type, informer } of this.watched) {
        if (type.custom && definitionOf(type) === definition.metadata.name) {
          this.follow(type, informer, gone ? undefined : definition);
        }
      }
    });
  }

  /** The objects of a kind; they are read from the first time on that somebody asks for them. */
  store<T extends Stored>(type: ResourceType<T>): Store<T> {
    const known = this.watched.find((one): one is Watched<T> => one.type === type);
    if (known !== undefined) return known.informer;
    const what = `${type.kind} of ${type.apiVersion}`;
    const informer = new Informer(this.api, type, (error) => this.watching(what, error));
    this.watched.push({ type, informer });
    if (type.custom) this.follow(type, informer, this.definitions.get({ name: definitionOf(type) }));
    else informer.start();
    return informer;
  }

  /** Whether the status of a kind is written to a place of its own: open definitions may have none. */
  hasStatusOfItsOwn(type: Served): boolean {
    return hasStatusOfItsOwn(type, this.definitions.get({ name: definitionOf(type) }));
  }

  /** Ends all watches. */
  async stop(): Promise<void> {
    await Promise.all(this.watched.map(({ informer }) => informer.stop()));
  }

  /** A server that does not answer is one problem, however many are waiting for it. */
  private watching(what: string, error: unknown): void {
    const unreachable = error instanceof ApiUnreachable;
    if (!unreachable) this.problems.set(`watching ${what}`, error === undefined ? undefined : messageOf(error));
    if (unreachable || error === undefined) this.problems.set("API server", unreachable ? error.message : undefined);
  }

  private follow<T extends Stored>(
    type: ResourceType<T>,
    informer: Informer<T>,
    definition: CustomResourceDefinition | undefined,
  ): void {
    const found = definition === undefined ? "not-yet" : availability(type, definition);
    const problem = found === "other-version" ? `${type.apiVersion} is not among the versions it serves` : undefined;
    this.problems.set(`definition ${definitionOf(type)}`, problem);
    if (found === "served") informer.start();
    else void informer.stop();
  }
}
