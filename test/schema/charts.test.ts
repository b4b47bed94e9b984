import { join } from "node:path";
import { loadPlatform } from "../../schema/load";
import { inDirectory, load, problemsOf } from "./config";

/** The base with a field `charts`. */
const charts = (written: string) => ({ platform: ["clusters:", `charts: ${written}\nclusters:`] }) as const;

describe("where charts come from", () => {
  it("is their repositories when nothing is said", () => {
    expect(load().charts).toEqual({});
  });

  it("is a mirror, seen from the folder of platform.yaml", () => {
    inDirectory(charts("{mirror: ./charts-mirror}"), (dir) => {
      expect(loadPlatform(dir).charts).toEqual({ mirror: join(dir, "charts-mirror") });
    });
  });

  it("is a mirror anywhere", () => {
    expect(load(charts("{mirror: /srv/charts}")).charts).toEqual({ mirror: "/srv/charts" });
  });

  it.each([
    ["{mirror: ''}", 'mirror is not valid (found ""). Write a folder, relative to the one of platform.yaml.'],
    ["{}", "mirror is missing"],
    ["{folder: x}", 'unknown key "folder". Known here: mirror.'],
    ["./charts-mirror", "charts is not valid"],
  ])("is refused as %s", (written, problem) => {
    expect(problemsOf(charts(written)).join("\n")).toContain(problem);
  });
});
