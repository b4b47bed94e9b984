import { parseAllDocuments } from "yaml";
import { stagesText } from "../../../../sandbox/clusters/embedded/stages";
import { FAILING, MAY_START } from "../../../../sandbox/live/controllers/pods/hold";

interface StageFile {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly kind: string };
    readonly selector: { readonly matchExpressions: readonly { key: string; operator: string; values?: string[] }[] };
    readonly delay?: { readonly durationMilliseconds: number };
    readonly next: { readonly delete?: boolean; readonly statusTemplate?: string };
  };
}

const stages = stagesOf(false);

function stagesOf(awaitLeave: boolean) {
  return new Map(
    parseAllDocuments(stagesText(awaitLeave)).map((document) => {
      const stage = document.toJS() as StageFile;
      return [stage.metadata.name, stage.spec];
    }),
  );
}

describe("what kwok plays", () => {
  test("is nodes that become well and stay so, and pods that become ready and go", () => {
    expect([...stages].map(([name, { resourceRef }]) => `${resourceRef.kind} ${name}`)).toEqual([
      "Node node-initialize",
      "Node node-heartbeat",
      "Pod pod-ready",
      "Pod pod-held",
      "Pod pod-delete",
    ]);
  });

  test("leaves pods of Jobs and pods that are held as they are", () => {
    expect(stages.get("pod-ready")?.selector.matchExpressions).toEqual(
      expect.arrayContaining([
        { key: ".metadata.ownerReferences.[] | .kind", operator: "NotIn", values: ["Job"] },
        { key: `.metadata.annotations["${FAILING}"]`, operator: "DoesNotExist" },
      ]),
    );
  });

  test("makes no pod ready before somebody lets it start, where somebody is there to do so", () => {
    const mayStart = { key: `.metadata.annotations["${MAY_START}"]`, operator: "Exists" };
    expect(stagesOf(true).get("pod-ready")?.selector.matchExpressions).toContainEqual(mayStart);
    expect(stages.get("pod-ready")?.selector.matchExpressions).not.toContainEqual(mayStart);
  });

  test("takes every deleted pod away, and makes none ready that is being deleted", () => {
    const gone = { key: ".metadata.deletionTimestamp", operator: "Exists" };
    expect(stages.get("pod-delete")).toMatchObject({ selector: { matchExpressions: [gone] }, next: { delete: true } });
    for (const name of ["pod-ready", "pod-held"]) {
      expect(stages.get(name)?.selector.matchExpressions).toContainEqual({ ...gone, operator: "DoesNotExist" });
    }
  });

  test("does not touch the size of a node", () => {
    for (const name of ["node-initialize", "node-heartbeat"]) {
      expect(stages.get(name)?.next.statusTemplate).not.toMatch(/capacity|allocatable/);
    }
  });
});
