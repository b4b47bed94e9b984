import { spawnSync } from "node:child_process";

/** The processes that name a folder, or work below it, and are no zombies. */
export function runningBelow(folder: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,stat=,args="], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(`${folder}/`) && !/^\d+\s+Z/.test(line))
    .map((line) => line.slice(0, 200));
}
