import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../../constructs/core/errors";
import { errorField } from "../../error-field";
import type { Session } from "../../session";
import type { Handover } from "./handover";
import type { InitOptions } from "./index";
import type { Keepers } from "./keepers";

/** Where the initial keys go. */
export interface KeySink {
  accept(keys: Handover): void;
  /** Nothing came. */
  abandon(): void;
}

/**
 * A terminal, a file that only its owner can read, or a pipe that was asked for with --json. A log is refused unless
 * everything is encrypted: what stands there is read by others and kept.
 */
export function openKeySink(session: Session, options: InitOptions, keepers: Keepers): KeySink {
  if (options.out !== undefined) return fileSink(path.resolve(session.cwd, options.out), session);
  const { terminal, env } = session;
  const continuousIntegration = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  const seenByOthers = continuousIntegration || !(terminal.outputIsTerminal || options.json);
  if (seenByOthers && keepers.by === "nobody") {
    throw StrataError.of({
      where: "strata vault init",
      problem: "the keys would be printed where others can read them",
      fix: "Run it in a terminal, or give --out FILE, --age-recipients or --pgp-keys.",
    });
  }
  return {
    accept: (keys) => terminal.out(options.json ? keys.json : keys.text),
    abandon: () => undefined,
  };
}

function fileSink(file: string, { terminal }: Session): KeySink {
  const descriptor = create(file);
  return {
    accept: (keys) => {
      try {
        writeSync(descriptor, `${keys.json}\n`);
        fsyncSync(descriptor);
        closeSync(descriptor);
        terminal.err(`Keys and root token are in ${file}: hand each key to its keeper and delete the file.`);
      } catch {
        // A full disk: shown is better than lost, because Vault never gives them again.
        terminal.err(`${file} could not be written. These are the keys:`);
        terminal.out(keys.json);
      }
    },
    abandon: () => {
      closeSync(descriptor);
      rmSync(file, { force: true });
    },
  };
}

function create(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (error) {
    const exists = errorField(error, "code") === "EEXIST";
    const problem = exists ? "exists already" : "cannot be created";
    throw StrataError.of({ where: file, problem, fix: "Name a new file with --out." });
  }
}
