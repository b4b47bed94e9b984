import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const DOCS = path.join(ROOT, "docs");
const FOLDERS = ["", "runbooks", "decisions"];
const read = (page: string) => readFileSync(path.join(DOCS, page), "utf8");
const pages = (folder: string) =>
  readdirSync(path.join(DOCS, folder)).filter((file) => file.endsWith(".md") && file !== "README.md");

test("every folder of pages has an index", () => {
  const folders = readdirSync(DOCS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(["", ...folders.map(({ name }) => name)].sort()).toEqual([...FOLDERS].sort());
});

test.each(FOLDERS)("the index of docs/%s names every page", (folder) => {
  const index = read(path.join(folder, "README.md"));
  expect(pages(folder).filter((page) => !index.includes(`(${page})`))).toEqual([]);
});

describe.each(FOLDERS.flatMap((folder) => ["README.md", ...pages(folder)].map((page) => path.join(folder, page))))(
  "docs/%s",
  (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
      ([, file = "", anchor]) => ({ file, anchor }),
    );

    test("links to files and headings that are there", () => {
      const broken = links.filter(({ file, anchor }) => {
        const target = file === "" ? path.join(DOCS, page) : path.resolve(DOCS, path.dirname(page), file);
        if (!existsSync(target)) return true;
        return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor);
      });
      expect(broken).toEqual([]);
    });
  },
);

/** Headings of a page as GitHub turns them into anchors. */
function anchorsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
