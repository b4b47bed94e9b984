/** Asks what the flags left open. */
import { ZONE_PLANS, type ZonePlan } from "../../constructs/cloudflare/zone-edge/rules";
import { REGIONS } from "../../constructs/vultr/catalogue";
import { CLUSTER_VERSION } from "../../schema/pins";
import { type Answers, checkComplete, type Flags, faultOf, withDefaults } from "./answers";

/** How questions reach a person; tests answer them. */
export interface Prompts {
  input(question: { message: string; default?: string; validate: (value: string) => true | string }): Promise<string>;
  select<T extends string>(question: {
    message: string;
    default?: T;
    choices: readonly { readonly name: string; readonly value: T }[];
  }): Promise<T>;
  checkbox(question: {
    message: string;
    choices: readonly { readonly name: string; readonly value: string; readonly checked: boolean }[];
  }): Promise<readonly string[]>;
  confirm(question: { message: string; default: boolean }): Promise<boolean>;
}

/** The library that draws questions; loaded when there is something to ask. */
export async function terminalPrompts(): Promise<Prompts> {
  const { checkbox, confirm, input, select } = await import("@inquirer/prompts");
  return { checkbox, confirm, input, select };
}

/** Asks every question that no flag answers. */
export async function ask(flags: Flags, prompts: Prompts): Promise<Answers> {
  const line = async (
    key: "organisation" | "contact" | "domain" | "internalDomain" | "kubernetesVersion",
    message: string,
    otherwise?: string,
  ) => {
    const validate = (value: string) => faultOf(key, value.trim()) ?? true;
    const question = otherwise === undefined ? { message, validate } : { message, validate, default: otherwise };
    return flags[key] ?? (await prompts.input(question)).trim();
  };
  const organisation = await line("organisation", "Short name of your organisation:");
  const contact = await line("contact", "E-mail address for certificate expiry notices:");
  const domain = await line("domain", "Domain of your applications (a zone at Cloudflare):");
  const internalDomain = await line("internalDomain", "Domain of Vault and sign-on:", domain);
  const zonePlan =
    flags.zonePlan ??
    (await prompts.select<ZonePlan>({
      message: "Cloudflare plan of that zone:",
      choices: ZONE_PLANS.map((value) => ({ name: value, value })),
    }));
  const region =
    flags.region ??
    (await prompts.select({
      message: "Vultr region (can't be changed later):",
      default: "fra",
      choices: [...REGIONS].map(([value, { name }]) => ({ name: `${name} (${value})`, value })),
    }));
  const kubernetesVersion = await line("kubernetesVersion", "Kubernetes version:", CLUSTER_VERSION);
  const groups = flags.groups ?? (await askGroups(prompts));
  const environments = flags.environments ?? (await prompts.checkbox({ message: "Environments:", choices: TYPES }));
  const dedicated = flags.dedicated ?? (await askDedicated(environments, prompts));
  const given = { organisation, contact, domain, internalDomain, zonePlan, region, kubernetesVersion };
  const answers = { ...given, groups, environments, dedicated };
  checkComplete(answers);
  return withDefaults(answers);
}

const TYPES = ["staging", "prod", "dev"].map((value) => ({ name: value, value, checked: value !== "dev" }));

async function askGroups(prompts: Prompts): Promise<readonly string[]> {
  const split = (value: string) =>
    value
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "");
  const validate = (value: string) => faultOf("groups", split(value)) ?? true;
  return split(
    await prompts.input({
      message: "Groups that may open OpenPanel, separated by commas:",
      default: "admins",
      validate,
    }),
  );
}

/** Only what must stay up is worth a cluster of its own; the others share the platform's. */
async function askDedicated(environments: readonly string[], prompts: Prompts): Promise<readonly string[]> {
  if (!environments.includes("prod")) return [];
  const message = "Does prod get a cluster of its own? (safer, and about twice the price)";
  return (await prompts.confirm({ message, default: true })) ? ["prod"] : [];
}
