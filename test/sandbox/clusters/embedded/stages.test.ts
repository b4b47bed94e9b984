import { parseAllDocuments } from "yaml";
import { stagesText } from "../../../../sandbox/clusters/embedded/stages";
import { FAILING } from "../../../../sandbox/live/controllers/pods/hold";

interface StageFile {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly kind: string };
    readonly selector: { readonly matchExpressions: readonly { key: string; operator: string; values?: string[] }[] };
    readonly delay?: { readonly durationMilliseconds: number };
    readonly next: { readonly delete?: boolean; readonly statusTemplate?: string };
  };
}

const stages = new Map(
  parseAllDocuments(stagesText()).map((document) => {
    const stage = document.toJS() as StageFile;
    return [stage.metadata.name, stage.spec];
  }),
);

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
