/** What cdktf prints: the lines of many Terraform runs, mixed, with the stack's id before some of them. */
export class CdktfOutput {
  private readonly lines = new Map<string, string[]>();
  private current: string | undefined;
  private rest = "";

  constructor(private readonly ids: readonly string[]) {}

  /** Takes the next piece of output. */
  feed(text: string): void {
    const lines = (this.rest + plain(text)).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.take(line);
  }

  /** The errors that Terraform printed, by stack. It prints them last, so all that follows the first belongs to them. */
  errors(): Map<string, string> {
    if (this.rest !== "") this.take(this.rest);
    this.rest = "";
    const found = new Map<string, string>();
    for (const [id, lines] of this.lines) {
      const first = lines.findIndex((line) => /^\s*[│╷]?\s*Error:/.test(line));
      if (first >= 0) found.set(id, tidy(lines.slice(first)));
    }
    return found;
  }

  private take(line: string): void {
    const id = this.ids.find((each) => line === each || line.startsWith(`${each}  `));
    if (id !== undefined) this.current = id;
    // Lines of cdktf itself start in the first column.
    else if (/^\S/.test(line)) this.current = undefined;
    if (this.current === undefined) return;
    const own = this.lines.get(this.current) ?? [];
    own.push(line.slice(this.current.length + 2));
    this.lines.set(this.current, own);
  }
}

/** The text without the colours that Terraform gives its own terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

function tidy(lines: readonly string[]): string {
  const bare = lines.map((line) => line.replace(/^\s*[│╷╵]\s?/, "").trimEnd());
  return bare
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
