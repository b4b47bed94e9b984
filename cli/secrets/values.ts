import type { SecretKey } from "../../constructs/core/secrets";
import type { Session } from "../session";
import type { OutputReader } from "../terraform/outputs";
import { generate } from "./generate";
import { SecretValue } from "./secret-value";
import { type Supplied, variableOf } from "./supply";
import type { ValueOrReason, ValueSource } from "./sync";

export interface ValueSourceProps {
  readonly session: Session;
  readonly supplied: Supplied;
  /** Read what a person supplies from the environment too. */
  readonly fromEnvironment: boolean;
  /** Ask for what is left. */
  readonly ask: boolean;
  readonly outputs: OutputReader;
  /** Nothing is written: outputs are not fetched and nobody is asked. */
  readonly dryRun: boolean;
}

/** Where values come from, kind by kind. */
export function valueSource(props: ValueSourceProps): ValueSource {
  return async (path, key, declared) => {
    switch (declared.kind) {
      case "fixed":
        return { value: new SecretValue(declared.value) };
      case "generated":
        return { value: generate(declared.rule) };
      case "output":
        return props.dryRun ? { value: new SecretValue("") } : fromOutput(declared, props.outputs);
      case "supplied":
        return fromPerson(path, key, declared, props);
    }
  };
}

/** The value of an output as the state of its stack has it. */
export async function fromOutput(
  { stack, output }: Extract<SecretKey, { kind: "output" }>,
  outputs: OutputReader,
): Promise<ValueOrReason> {
  const value = (await outputs(stack)).get(output);
  if (typeof value === "string" && value !== "") return { value: new SecretValue(value) };
  return { missing: `output ${output} of ${stack}, which is not deployed yet`, required: true };
}

async function fromPerson(
  path: string,
  key: string,
  { description, optional = false }: Extract<SecretKey, { kind: "supplied" }>,
  { session, supplied, fromEnvironment, ask, dryRun }: ValueSourceProps,
): Promise<ValueOrReason> {
  const variable = variableOf(path, key);
  const known = supplied.get(`${path}:${key}`) ?? (fromEnvironment ? fromVariable(session.env[variable]) : undefined);
  if (known !== undefined) return { value: known };
  if (ask && !dryRun) {
    const answer = await session.terminal.askSecret(`${path} ${key} (${description}; Enter to leave it out)`);
    if (answer !== "") return { value: new SecretValue(answer) };
  }
  return {
    missing: `${description}; --supply ${path}:${key}=@FILE, or --from-env with ${variable}`,
    required: !optional,
  };
}

function fromVariable(value: string | undefined): SecretValue | undefined {
  return value ? new SecretValue(value) : undefined;
}
