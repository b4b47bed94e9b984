/** The files of a new configuration, commented for whoever edits them next. */
import path from "node:path";
import { stringify } from "yaml";
import { slug } from "../../constructs/core/names";
import { BUILT_IN } from "../../schema/built-in-profiles";
import { BASE_TYPES } from "../../schema/model";
import { canonicalType } from "../../schema/resolve/profiles";
import type { Answers } from "./answers";

/** Contents by path below the configuration's folder; platform.yaml last. */
export function configFiles(answers: Answers, folder: string, root: string): ReadonlyMap<string, string> {
  const head = (file: string, schema: string) => {
    const target = path.join(root, "schema", "json", `${schema}.schema.json`);
    const relative = path
      .relative(path.dirname(path.join(folder, file)), target)
      .split(path.sep)
      .join("/");
    return `# yaml-language-server: $schema=${relative}\n`;
  };
  const files = new Map<string, string>();
  for (const name of answers.environments) {
    const file = path.join("environments", `${name}.yaml`);
    files.set(file, head(file, "environment") + environmentFile(answers, name));
  }
  files.set("platform.yaml", head("platform.yaml", "platform") + platformFile(answers));
  return files;
}

function platformFile(answers: Answers): string {
  const { domain, internalDomain, zonePlan } = answers;
  const zones = [...new Set([domain, internalDomain])].map((zone) => `  ${scalar(zone)}:\n    plan: ${zonePlan}\n`);
  return `#
# What the organisation owns. Each file in environments/ says what runs where. Every field: schema/README.md.

organisation: ${scalar(answers.organisation)}
# Certificate expiry notices go here.
contact: ${scalar(answers.contact)}

# Hosts are built from these: applications below the public domain, Vault and sign-on below the internal one.
domains:
  public: ${scalar(domain)}
  internal: ${scalar(internalDomain)}

# The Cloudflare zones behind the domains. They exist already; the plan says which rules they may have.
zones:
${zones.join("")}
# Where Terraform keeps its state. Files are fine for a first look; a team needs a bucket:
#   {type: s3, bucket: <name>, region: <region>, endpoint: <URL, if it is not AWS>}
state:
  type: local

# Where backups go. Fill this in, then remove "backups: false" from the environments that say so. Ids and host:
# https://api.vultr.com/v2/object-storage/clusters and /tiers; another region than the clusters' survives the loss of theirs.
# backups:
#   type: vultr
#   storageCluster: <id>
#   hostname: <host of that storage cluster>
#   tier: <id>

clusters:
  # Carries Vault, the identity provider, and every environment without a cluster of its own.
  platform:
    central: true
    # Can't be changed later.
    region: ${scalar(answers.region)}
    version: ${scalar(answers.kubernetesVersion)}
    # A gate is a door with a list: members of these groups may open gated pages.
    gates:
${gate(answers, "      ")}`;
}

function environmentFile(answers: Answers, name: string): string {
  const dedicated = answers.dedicated.includes(name);
  const placement = dedicated
    ? `# A cluster of its own, named after the environment. The region can't be changed later.
placement:
  type: dedicated
  region: ${scalar(answers.region)}
  version: ${scalar(answers.kubernetesVersion)}
  gates:
${gate(answers, "    ")}`
    : `# Namespaces of the cluster \`platform\`.
placement:
  type: shared
  cluster: platform
`;
  const primary = name === "prod" ? "    # Takes the short host openpanel.<domain>.\n    primary: true\n" : "";
  return `#
# The file's name is the environment's name, and its first word is the type: what is not said here comes from that
# type's profile.

${placement}${isRetained(name) ? WITHOUT_BACKUPS : ""}
apps:
${primary === "" ? "  # `{}` takes every default: pinned version, gate `main`.\n  openpanel: {}\n" : `  openpanel:\n${primary}`}`;
}

const WITHOUT_BACKUPS = `
# Nothing is kept yet: give platform.yaml a store for backups, then remove this line.
backups: false
`;

/** Whether the data of an environment outlives its declaration: the first word of the name is its type. */
function isRetained(name: string): boolean {
  const [word = ""] = slug(name).split("-");
  const type = BASE_TYPES.find((each) => each === canonicalType(word));
  return type !== undefined && BUILT_IN[type].environment.protection === "retain";
}

function gate({ groups }: Answers, indent: string): string {
  return `${indent}main:\n${indent}  groups: [${groups.map((group) => JSON.stringify(group)).join(", ")}]\n`;
}

/** A text as YAML reads it back: in quotes where it would be taken for something else. */
function scalar(text: string): string {
  return stringify(text).trim();
}
