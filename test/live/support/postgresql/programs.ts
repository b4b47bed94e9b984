import { execFileSync } from "node:child_process";
import { chownSync, existsSync, readdirSync } from "node:fs";
import path from "node:path";

const DISTRIBUTION = "/usr/lib/postgresql";

/** Folder of PostgreSQL's programs, of the newest version that the distribution has installed. */
export function programFolder(): string {
  const versions = existsSync(DISTRIBUTION)
    ? readdirSync(DISTRIBUTION)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const folders = versions.map((version) => path.join(DISTRIBUTION, String(version), "bin"));
  const found = folders.find((folder) => existsSync(path.join(folder, "initdb")));
  if (found === undefined) {
    throw new Error(
      `There is no PostgreSQL server in ${DISTRIBUTION}. Install the distribution's: apt-get install postgresql`,
    );
  }
  return found;
}

/** The user that servers run as: PostgreSQL refuses to be root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export function serverUser(): ServerUser {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0) return { name: ask("-un"), uid, gid };
  for (const name of ["postgres", "nobody"]) {
    try {
      return { name, uid: Number(ask("-u", name)), gid: Number(ask("-g", name)) };
    } catch {
      // There is none of that name.
    }
  }
  throw new Error("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.");
}

/** The command that runs a program as a user; it becomes the program, so that signals reach it. */
export function commandAs(user: ServerUser, program: string): readonly [string, ...string[]] {
  if (process.getuid?.() === user.uid) return [program];
  return ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", program];
}

/** Gives a file or folder to a user. */
export function give(file: string, user: ServerUser): void {
  chownSync(file, user.uid, user.gid);
}

function ask(...args: readonly string[]): string {
  return execFileSync("id", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
