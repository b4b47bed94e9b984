import type { ExternalSecret } from "./objects";

type Finding = readonly [asked: boolean, what: string];

/** What an ExternalSecret asks for that is not played here: it is refused, because a guess might differ from the truth. */
export function unsupported({ spec }: ExternalSecret): string | undefined {
  const { target, data = [], dataFrom = [] } = spec;
  const { template, creationPolicy = "Owner", deletionPolicy = "Retain" } = target ?? {};
  const remotes = [...data.map(({ remoteRef }) => remoteRef), ...dataFrom.flatMap(({ extract }) => extract ?? [])];
  const findings: Finding[] = [
    [!["Owner", "Orphan"].includes(creationPolicy), `creationPolicy ${creationPolicy}`],
    [deletionPolicy !== "Retain", `deletionPolicy ${deletionPolicy}`],
    [target?.immutable === true, "immutable secrets"],
    [(template?.engineVersion ?? "v2") !== "v2", "template engine other than v2"],
    [(template?.mergePolicy ?? "Replace") !== "Replace", `template mergePolicy ${template?.mergePolicy}`],
    [template?.templateFrom !== undefined, "templateFrom"],
    [dataFrom.some(({ find }) => find !== undefined), "dataFrom.find"],
    [dataFrom.some(({ rewrite }) => (rewrite ?? []).length > 0), "dataFrom.rewrite"],
    [remotes.some(({ decodingStrategy = "None" }) => decodingStrategy !== "None"), "decodingStrategy"],
    [remotes.some(({ metadataPolicy = "None" }) => metadataPolicy !== "None"), "metadataPolicy"],
    [remotes.some(({ conversionStrategy = "Default" }) => conversionStrategy !== "Default"), "conversionStrategy"],
  ];
  const asked = findings.filter(([isAsked]) => isAsked).map(([, what]) => what);
  return asked.length === 0 ? undefined : `the sandbox does not play ${asked.join(", ")}`;
}
