/** What does not work right now: a sentence for each subject. */
export class Problems {
  private readonly current = new Map<string, string>();

  constructor(private readonly say: (line: string) => void) {}

  /** Says what is wrong with a subject; undefined when nothing is any more. */
  set(subject: string, problem: string | undefined): void {
    if (this.current.get(subject) === problem) return;
    if (problem === undefined) this.current.delete(subject);
    else this.current.set(subject, problem);
    this.say(`${subject}: ${problem ?? "in order again"}`);
  }

  list(): readonly string[] {
    return [...this.current].map(([subject, problem]) => `${subject}: ${problem}`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
