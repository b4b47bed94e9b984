import { Command } from "commander";
import { registerAtlantis } from "./atlantis";
import { registerCharts } from "./charts";
import { registerData } from "./data";
import { registerIdentity } from "./identity";
import { registerInit } from "./init";
import { registerLeftovers } from "./leftovers";
import { version } from "./package.json";
import { registerRecover } from "./recover";
import { registerSecrets } from "./secrets";
import type { Session } from "./session";
import { registerSmoke } from "./smoke";
import { registerState } from "./state";
import { registerSynth } from "./synth";
import { registerVault } from "./vault";

/** Every command with its options; the work behind an action is loaded when it runs. */
export function createProgram(session: Session): Command {
  const program = new Command("strata")
    .description("Configures, synthesizes and operates the platform of this repository.")
    .version(version)
    .showHelpAfterError("Run it with --help to see what it takes.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.terminal.out(text.trimEnd()),
      writeErr: (text) => session.terminal.err(text.trimEnd()),
    })
    .addHelpText("after", "\nExit codes: 0 done, 1 a problem (told on stderr), 2 see the help of the command.");
  registerInit(program);
  registerSynth(program, session);
  registerVault(program, session);
  registerSecrets(program, session);
  registerIdentity(program, session);
  registerData(program, session);
  registerSmoke(program, session);
  registerState(program, session);
  registerLeftovers(program, session);
  registerAtlantis(program, session);
  registerRecover(program, session);
  registerCharts(program, session);
  return program;
}
