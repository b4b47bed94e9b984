import type { IConstruct } from "constructs";

const complete = new WeakSet<IConstruct>();

/** Notes that every stack of the configuration is in this build, so that what is not declared is not wanted. */
export function noteComplete(root: IConstruct): void {
  complete.add(root.node.root);
}

/** Whether that was noted: without it nothing may be taken away. */
export function isComplete(root: IConstruct): boolean {
  return complete.has(root.node.root);
}
