import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { removeBlocks, writeBlocks } from "../../../sandbox/live/engine/import-blocks";
import { temporaryFolder } from "../support";

const out = temporaryFolder();

function stack(id: string, content: object): string {
  const folder = path.join(out, "stacks", id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify(content));
  return path.join(folder, "recovered.tf.json");
}

describe("what an interrupted run made outside the states", () => {
  test("is taken in by blocks beside the stack's own, each thing once, with its id as it is", () => {
    const file = stack("l1-network", { import: [{ to: "vultr_vpc.known", id: "1" }] });
    const other = stack("l1-edge", {});
    const found = [
      { to: "vultr_vpc.known", id: "1" },
      { to: "vultr_vpc.lost", id: "a${b}" },
    ];
    writeBlocks(out, { "l1-network": found });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ import: [{ to: "vultr_vpc.lost", id: "a$${b}" }] });
    expect(existsSync(other)).toBe(false);
    removeBlocks(out);
    expect(existsSync(file)).toBe(false);
  });

  test("is nothing where there is no program yet", () => {
    expect(() => removeBlocks(path.join(out, "none"))).not.toThrow();
  });
});
