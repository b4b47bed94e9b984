import type { Issue } from "../../errors";
import { blocks, expressions, type StackJson } from "../stack-json";

const REFUSED: Record<string, string> = {
  "resource time_sleep": "Wait for what is needed: a readiness Job, or a condition that Helm knows.",
  "data http": "Check after the deployment: a probe in a plan blocks every plan while the service is down.",
  "resource kubernetes_manifest": "Put the object into a ManifestSet: kubernetes_manifest needs its CRD at plan time.",
};

/** Resource kinds that make a plan depend on time, on a service or on CRDs. */
export function checkRefusedKinds(stack: StackJson): Issue[] {
  return (["resource", "data"] as const).flatMap((section) =>
    blocks(stack, section).flatMap((block) => {
      const fix = REFUSED[`${section} ${block.type}`];
      return fix === undefined
        ? []
        : [{ where: `${stack.id} ${block.type}.${block.name}`, problem: `${block.type} is not used here`, fix }];
    }),
  );
}

/** Each release says how it waits; Helm's and the provider's defaults differ and have changed. */
export function checkReleases(stack: StackJson): Issue[] {
  return releases(stack).flatMap((release) =>
    ["wait", "wait_for_jobs", "atomic", "timeout"]
      .filter((argument) => release.body[argument] === undefined)
      .map((argument) => ({
        where: `${stack.id} helm_release.${release.name}`,
        problem: `does not state ${argument}`,
        fix: "Create releases with PinnedChart or ManifestSet, which state how they wait.",
      })),
  );
}

/** Helm values are literal: a Terraform template in them is a script or dashboard that nobody escaped. */
export function checkEscaping(stack: StackJson): Issue[] {
  return releases(stack).flatMap((release) => {
    const values = Array.isArray(release.body.values) ? release.body.values : [];
    return values
      .filter((text): text is string => typeof text === "string")
      .filter((text) => expressions(text).length > 0 || /(?<!%)%\{/.test(text))
      .map(() => ({
        where: `${stack.id} helm_release.${release.name} values`,
        problem: "holds a Terraform template",
        fix: "Pass values through PinnedChart or ManifestSet, which escape ${ and %{, and compute values at synth.",
      }));
  });
}

/** Paths are relative to the stack's folder, so that two checkouts synthesize the same bytes. */
export function checkPaths(stack: StackJson): Issue[] {
  const terraform = JSON.stringify(stack.json.terraform ?? {});
  const state = JSON.stringify(blocks(stack, "data").filter((block) => block.type === "terraform_remote_state"));
  const charts = releases(stack).map((release) => String(release.body.chart));
  const absolute = [
    ...(`${terraform}${state}`.match(/"path":"\/[^"]*"/g) ?? []),
    ...charts.filter((c) => c.startsWith("/")),
  ];
  return absolute.map((path) => ({
    where: `${stack.id} terraform`,
    problem: "holds an absolute path",
    value: path,
    fix: "Use a path relative to the stack's folder.",
  }));
}

function releases(stack: StackJson) {
  return blocks(stack, "resource").filter((block) => block.type === "helm_release");
}
