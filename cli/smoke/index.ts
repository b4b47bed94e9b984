import type { Command } from "commander";
import { collect, positiveInteger } from "../options";
import type { Session } from "../session";
import type { SmokeOptions } from "./command";

/** `strata smoke`: whether what is deployed does what the route tables say. */
export function registerSmoke(program: Command, session: Session): void {
  program
    .command("smoke")
    .argument("<environment>", "name of the environment")
    .description("Checks every route of a deployed environment by its public address.")
    .option("--dir <folder>", "folder of the synthesized program", "cdktf.out")
    .option("--platform", "check the hosts of the platform below too: sign-on, Vault")
    .option("--session-cookie <source>", "check with a session too: its Cookie header, from @FILE or env:VARIABLE")
    .option("--all-methods", "send POST, PUT, PATCH and DELETE too, without a body and without a session")
    .option("--resolve <host=address>", "where a host is reached, before DNS says so (repeatable)", collect, [])
    .option("--login-host <host>", "a further host where people log in (repeatable)", collect, [])
    .option("--ca <file>", "PEM file of an authority that is trusted besides the usual ones")
    .option("--timeout <seconds>", "how long to wait for an answer", positiveInteger, 10)
    .option("--concurrency <number>", "requests at once", positiveInteger, 4)
    .option("--certificate-days <days>", "how long certificates have to last", positiveInteger, 7)
    .option("--http-port <port>", "port of plain HTTP", positiveInteger, 80)
    .option("--details", "print every check, not only those that failed")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      `
Each row is asked as a browser does, as a program in a browser does, with forged headers, under another host, with each
safe method that it declares, for a WebSocket, and with a method that it does not declare:
  public, machine  the application answers below 500: no login, no refusal of the gateway
  gated            a browser is sent to the login, which would send it back to this host and its page; everything else
                   gets 401; a preflight request (OPTIONS) reaches the application
  denied           refused by the gateway
Each host: its name, its certificate, plain HTTP, and HSTS where a route sets it. It only reads: nothing is stored.

What is not in order is one of: open, shut, forged, login, deep-link, xhr, missing, limited, down, slow, unreachable,
dns, certificate, cleartext, hsts. Connections go straight to the host: HTTPS_PROXY is not used.

Exit codes: 0 everything is as declared, 1 a problem, 2 a check failed.`,
    )
    .action(async (environment: string, options: SmokeOptions) => {
      const { smoke } = await import("./command");
      session.exitCode = await smoke(session, environment, options);
    });
}
