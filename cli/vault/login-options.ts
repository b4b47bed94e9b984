import { type Command, Option } from "commander";

/** Ways to log in for a token. */
export const LOGIN_WAYS = ["kubernetes", "jwt"] as const;

/** How a command gets its token. */
export interface LoginOptions {
  /** File with a token of Vault. @default VAULT_TOKEN, or else ~/.vault-token */
  readonly tokenFile?: string;
  /** @default - a token is there already */
  readonly login?: (typeof LOGIN_WAYS)[number];
  /** Role of the auth method. */
  readonly loginRole?: string;
  /** Path of the auth method, without `auth/`. @default the name of the way */
  readonly loginMount?: string;
  /** `@FILE` or `env:VARIABLE` with the JWT. @default - for Kubernetes the token that every pod has */
  readonly loginJwt?: string;
}

export const LOGIN_HELP = `
Token: VAULT_TOKEN, or --token-file, or ~/.vault-token, or a login: --login kubernetes from a pod, --login jwt with the
identity token of a CI job. The token of a login is revoked when the command ends.`;

/** Gives a command the options of {@link LoginOptions}. */
export function addLoginOptions(command: Command): Command {
  return command
    .option("--token-file <file>", "file with a token of Vault")
    .addOption(new Option("--login <way>", "log in for a token").choices(LOGIN_WAYS))
    .option("--login-role <name>", "role of the auth method")
    .option("--login-mount <path>", "path of the auth method, as in kubernetes-platform (default: as the way)")
    .option("--login-jwt <source>", "the JWT: @FILE or env:VARIABLE (kubernetes: the pod's own token)");
}
