import type { TerraformRemoteState } from "cdktf";
import {
  type App,
  DataTerraformRemoteStateLocal,
  DataTerraformRemoteStateS3,
  TerraformOutput,
  TerraformStack,
} from "cdktf";
import { claimOwnership } from "./ownership";
import { ALLOW_DESTROY } from "./protection";
import { addRule } from "./rules";
import { attachBackend, remoteStateConfig, type StateBackend } from "./state-backend";

/** Where a stack stands: it may depend on what stands below it only. */
export interface StackPosition {
  readonly layer: 1 | 2 | 3 | 4;
  /**
   * Order inside the layer: network before cluster in L1, base before secrets before services in L2, application
   * groups in L4.
   * @default 0
   */
  readonly step?: number;
}

/** A stack by name: enough to read its outputs, whether or not it is part of this build. */
export interface StackRef {
  readonly id: string;
  readonly backend: StateBackend;
}

export interface LayerStackProps extends StackPosition {
  readonly backend: StateBackend;
  /** The stack was named for destruction: `prevent_destroy` is left out. @default false */
  readonly allowDestroy?: boolean;
}

/** Oldest Terraform with write-only arguments, which keep secrets out of the state. */
const REQUIRED_TERRAFORM = ">= 1.11.0";

/**
 * One Terraform state with one owner. Its outputs are explicit ({@link publish}) and so is what it reads
 * ({@link read}): cdktf's implicit cross-stack references are refused, because their names follow resource ids and
 * break when one is renamed.
 */
export class LayerStack extends TerraformStack {
  readonly position: Required<StackPosition>;
  readonly ref: StackRef;
  private readonly readers = new Map<string, TerraformRemoteState>();

  constructor(
    private readonly app: App,
    id: string,
    props: LayerStackProps,
  ) {
    super(app, id);
    this.position = { layer: props.layer, step: props.step ?? 0 };
    this.ref = { id, backend: props.backend };
    if (props.allowDestroy) this.node.setContext(ALLOW_DESTROY, true);
    attachBackend(this, id, props.backend);
    this.addOverride("terraform.required_version", REQUIRED_TERRAFORM);
    claimOwnership(this, "stack", id);
    addRule(this, () => this.misplaced());
  }

  /** Publishes a fact to the stacks above. Outputs are a contract: add to them, never rename. */
  publish(name: string, value: unknown, options: { readonly sensitive?: boolean; readonly description?: string } = {}) {
    new TerraformOutput(this, `contract-${name}`, { value, staticId: true, ...options }).overrideLogicalId(name);
  }

  /** A published fact of another stack, as a token. */
  read(from: StackRef, name: string): string {
    return this.remoteState(from).getString(name);
  }

  /** Orders this stack after another one whose outputs it does not read, if that one is part of this build. */
  after(other: StackRef): void {
    const producer = this.app.node.tryFindChild(other.id);
    if (producer instanceof LayerStack) this.addDependency(producer);
  }

  private remoteState(from: StackRef): TerraformRemoteState {
    const known = this.readers.get(from.id);
    if (known !== undefined) return known;
    const config = remoteStateConfig(from.id, from.backend);
    const reader =
      config.type === "local"
        ? new DataTerraformRemoteStateLocal(this, from.id, config.props)
        : new DataTerraformRemoteStateS3(this, from.id, config.props);
    this.readers.set(from.id, reader);
    this.after(from);
    return reader;
  }

  private misplaced() {
    return this.dependencies
      .filter((other): other is LayerStack => other instanceof LayerStack)
      .filter((other) => rank(other.position) > rank(this.position))
      .map((other) => ({
        problem: `stack ${this.node.id} depends on ${other.node.id}, which stands above it`,
        fix: "A stack depends on lower layers only, or inside a layer on an earlier step.",
      }));
  }
}

function rank(position: Required<StackPosition>): number {
  return position.layer * 100 + position.step;
}
