import path from "node:path";
import { type Command, Option } from "commander";
import { ZONE_PLANS } from "../../constructs/cloudflare/zone-edge/rules";
import { collect } from "../options";
import { type Answers, checkComplete, checkFlags, type Flags, REQUIRED, withDefaults } from "./answers";
import { configFiles } from "./files";
import { ask, type Prompts, terminalPrompts } from "./questions";
import { checkFree, writeConfig } from "./write";

interface InitOptions extends Omit<Flags, "groups" | "environments" | "dedicated"> {
  readonly dir: string;
  readonly group?: Answers["groups"];
  readonly environment?: Answers["environments"];
  /** `false` by --no-dedicated. */
  readonly dedicated?: Answers["dedicated"] | false;
}

/** Where `strata init` stands; tests hand in their own. */
export interface InitWorld {
  readonly cwd: string;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  readonly prompts: () => Promise<Prompts>;
}

const thisTerminal = (): InitWorld => ({
  cwd: process.cwd(),
  interactive: process.stdin.isTTY === true,
  prompts: terminalPrompts,
});

/** `strata init`: writes a first configuration from flags, or from the answers to questions. */
export function registerInit(program: Command, world: () => InitWorld = thisTerminal): void {
  const command = program
    .command("init")
    .description("Writes a first configuration; asks for what the flags leave open.")
    .option("--dir <folder>", "where to write", "config")
    .option("--organisation <name>", "short name of the organisation")
    .option("--contact <email>", "receives certificate expiry notices")
    .option("--domain <domain>", "domain of the applications, a zone at Cloudflare")
    .option("--internal-domain <domain>", "domain of Vault and sign-on (default: the same)")
    .addOption(new Option("--zone-plan <plan>", "Cloudflare plan of the zone (default: free)").choices(ZONE_PLANS))
    .option("--region <id>", "Vultr region, such as fra")
    .option("--kubernetes-version <version>", "exact VKE version (default: the one that was tested)")
    .option("--group <name>", "group that may open OpenPanel, repeatable (default: admins)", several)
    .option("--environment <name>", "environment to write, repeatable (default: staging and prod)", several)
    .option("--dedicated <name>", "environment with a cluster of its own, repeatable (default: prod)", several)
    .option("--no-dedicated", "no environment has a cluster of its own")
    .addHelpText("after", "\nWithout a terminal, --organisation, --contact, --domain and --region must be given.");
  command.action(async (options: InitOptions) => {
    const written = await init(options, world());
    command.configureOutput().writeOut?.(`${summary(written, options.dir)}\n`);
  });
}

const several = (text: string, known: readonly string[] | false | undefined) => collect(text, known || []);

async function init(options: InitOptions, world: InitWorld): Promise<readonly string[]> {
  const { dir, group, environment, dedicated, ...rest } = options;
  const folder = path.resolve(world.cwd, dir);
  checkFree(folder, dir);
  const flags: Flags = {
    ...rest,
    ...(group !== undefined && { groups: group }),
    ...(environment !== undefined && { environments: environment }),
    ...(dedicated !== undefined && { dedicated: dedicated || [] }),
  };
  checkFlags(flags);
  const answers = await complete(flags, world);
  return writeConfig(configFiles(answers, folder, world.cwd), folder, dir);
}

async function complete(flags: Flags, world: InitWorld): Promise<Answers> {
  const open = REQUIRED.some((key) => flags[key] === undefined);
  if (open && world.interactive) return ask(flags, await world.prompts());
  checkComplete(flags);
  return withDefaults(flags);
}

function summary(written: readonly string[], dir: string): string {
  return [
    `Wrote ${written.join(", ")}.`,
    "",
    "Next:",
    `  npm run sandbox -- --config ${dir}   try it on this machine, without any account`,
    `  npx strata synth --config ${dir}     write the Terraform stacks`,
  ].join("\n");
}
