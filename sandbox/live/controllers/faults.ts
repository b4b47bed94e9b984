/** What is to fail: a Job, or a workload such as a Deployment, a StatefulSet or a PostgreSQL cluster. */
export interface FaultRule {
  readonly namespace: string;
  /** Name of the Job or workload; one that ends in `*` stands for every name that begins so. */
  readonly name: string;
}

/** Which Jobs and workloads of the live sandbox fail. It may be changed at any time and acts at once. */
export class Faults {
  private rules: readonly FaultRule[] = [];
  private readonly listeners = new Set<() => void>();

  /** Lets pods of a Job end with exit code 1, and keeps pods of a workload from becoming ready. */
  fail(rule: FaultRule): void {
    this.rules = [...this.rules, rule];
    this.tell();
  }

  /** Lets everything succeed again: pods that were kept back become ready. Jobs that have failed stay failed. */
  clear(): void {
    this.rules = [];
    this.tell();
  }

  /** Whether a Job or workload is to fail. */
  has(namespace: string, name: string): boolean {
    return this.rules.some((rule) => rule.namespace === namespace && names(rule.name, name));
  }

  /** Calls back at every change until the answer is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function names(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
