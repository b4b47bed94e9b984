import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { StrataError } from "../../constructs/core/errors";
import { errorField } from "../error-field";
import type { Session } from "../session";
import type { InitialKeys, InitOptions } from "./init";

/** Where the initial keys go. */
export interface KeySink {
  accept(keys: InitialKeys): void;
  /** Nothing came. */
  abandon(): void;
}

/**
 * A terminal, a file that only its owner can read, or a pipe that was asked for with --json. A log is refused: what
 * stands there is read by others and kept.
 */
export function openKeySink(session: Session, options: InitOptions): KeySink {
  if (options.out !== undefined) return fileSink(path.resolve(session.cwd, options.out), session);
  const encrypted = options.pgpKeys !== undefined;
  const { terminal, env } = session;
  const continuousIntegration = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  const seenByOthers = continuousIntegration || !(terminal.outputIsTerminal || options.json);
  if (seenByOthers && !(encrypted && options.rootTokenPgpKey !== undefined)) {
    throw StrataError.of({
      where: "strata vault init",
      problem: "the keys would be printed where others can read them",
      fix: "Run it in a terminal, or give --out FILE, or both --pgp-keys and --root-token-pgp-key.",
    });
  }
  return {
    accept: (keys) => terminal.out(options.json ? toJson(keys) : describe(keys, encrypted)),
    abandon: () => undefined,
  };
}

function fileSink(file: string, { terminal }: Session): KeySink {
  const descriptor = create(file);
  return {
    accept: (keys) => {
      try {
        writeSync(descriptor, `${toJson(keys)}\n`);
        fsyncSync(descriptor);
        closeSync(descriptor);
        terminal.err(`Keys and root token are in ${file}: hand each key to its keeper and delete the file.`);
      } catch {
        // A full disk: shown is better than lost, because Vault never gives them again.
        terminal.err(`${file} could not be written. These are the keys:`);
        terminal.out(toJson(keys));
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

function toJson(keys: InitialKeys): string {
  const { keys_base64, root_token } = keys;
  return JSON.stringify({ unseal_keys_b64: keys_base64, root_token }, undefined, 2);
}

function describe({ keys_base64, root_token }: InitialKeys, encrypted: boolean): string {
  const kind = encrypted ? "Encrypted key" : "Unseal key";
  return [
    ...keys_base64.map((key, index) => `${kind} ${index + 1}: ${key}`),
    "",
    `Root token: ${root_token}`,
    "",
    "Vault does not show these again. Give each key to another person; use the root token for the first",
    "deployment and revoke it afterwards (vault token revoke -self).",
  ].join("\n");
}
