import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FolderCopy } from "../../../sandbox/kill/folder-copy";
import { removeFolders, temporaryFolder } from "../support";

test("a folder is put back as it was: new files go, changed and lost ones come back", () => {
  const folder = temporaryFolder();
  const file = (name: string): string => path.join(folder, name);
  mkdirSync(file("inner"));
  writeFileSync(file("inner/kept"), "1");
  writeFileSync(file("lost"), "2");
  const copy = FolderCopy.of(folder);
  expect(copy.changes()).toEqual([]);
  writeFileSync(file("inner/kept"), "changed");
  writeFileSync(file("new"), "3");
  rmSync(file("lost"));
  expect(copy.changes().sort()).toEqual(["inner/kept", "new"]);
  copy.restore();
  expect(readFileSync(file("inner/kept"), "utf8")).toBe("1");
  expect(readFileSync(file("lost"), "utf8")).toBe("2");
  expect(existsSync(file("new"))).toBe(false);
  removeFolders();
});

test("a folder that was not there is empty again", () => {
  const folder = path.join(temporaryFolder(), "state");
  const copy = FolderCopy.of(folder);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "new"), "");
  copy.restore();
  expect(FolderCopy.of(folder).changes()).toEqual([]);
  expect(existsSync(path.join(folder, "new"))).toBe(false);
  removeFolders();
});
