import { stackId } from "../../../constructs/core/names";
import type { Environment } from "../../../schema/model";
import type { Configuration } from "../configuration";
import type { Action } from ".";
import { consumersOf } from "./consumers";

/** One stack alone: it reads what it needs from the states of the others. */
export function deploy({ environment, shownFolder }: Configuration, more = ""): Action {
  const stack = stackId.data(environment.name);
  const config = shownFolder === "config" ? "" : `STRATA_CONFIG=${shownFolder} `;
  return {
    does: `Deploy ${stack}, through a pull request or by hand. ${more}`.trim(),
    run: [`${config}STRATA_ONLY=${stack} npx cdktf deploy ${stack}`],
  };
}

export function stop(environment: Environment): readonly Action[] {
  return consumersOf(environment).map(({ app, namespace, deployments }) => ({
    does: `Stop what writes: ${app} in ${namespace}.`,
    run: [
      `kubectl scale -n ${namespace} --replicas=0 ${deployments.map(({ name }) => `deployment/${name}`).join(" ")}`,
      `kubectl wait -n ${namespace} --for=delete pod -l 'app.kubernetes.io/name in (${deployments.map(({ name }) => name).join(",")})' --timeout=2m`,
    ],
  }));
}

/** New pods: an open connection would still lead to the generation before. */
export function start(environment: Environment): readonly Action[] {
  return consumersOf(environment).map(({ app, namespace, deployments }) => ({
    does: `Start ${app} again; its new pods reach the generation that serves now.`,
    run: deployments.flatMap(({ name, replicas }) => [
      `kubectl scale -n ${namespace} --replicas=${replicas} deployment/${name}`,
      `kubectl rollout status -n ${namespace} deployment/${name} --timeout=5m`,
    ]),
  }));
}

export function migrationNotes(environment: Environment): readonly string[] {
  return consumersOf(environment).map(
    ({ app }) =>
      `If ${app} was upgraded after the moment that was restored, its migrations have to run again: see docs/runbooks/restore.md.`,
  );
}
