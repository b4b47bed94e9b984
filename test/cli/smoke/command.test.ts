import { writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../support/session";
import { APP, writeRoutes } from "./support/program";
import { runSmoke, smokeAgainst } from "./support/smoke";

jest.setTimeout(60_000);

describe("strata smoke refuses, before it sends anything,", () => {
  const file = (content: string) => {
    const name = path.join(temporaryFolder(), "file");
    writeFileSync(name, content);
    return name;
  };

  test.each([
    ["an environment that is not there", ["stagin"], "no such environment"],
    ["an address that is none", ["staging", "--resolve", "app.example.com=here"], "is not a host with the address"],
    [
      "a port that is none",
      ["staging", "--resolve", "app.example.com=192.0.2.1:70000"],
      "is not a host with the address",
    ],
    ["an authority that is no file", ["staging", "--ca", "/nowhere.pem"], "holds no PEM certificate"],
    ["an authority without a certificate", ["staging", "--ca", file("text")], "holds no PEM certificate"],
    ["a session on the command line", ["staging", "--session-cookie", "gate=1234"], "on the command line"],
    ["a variable that is not set", ["staging", "--session-cookie", "env:NONE"], "not set or empty"],
    [
      "a session that is no cookie",
      ["staging", "--session-cookie", `@${file("just text")}`],
      "is not what a Cookie header",
    ],
    [
      "two lines of headers",
      ["staging", "--session-cookie", `@${file("a=b\nHost: c")}`],
      "is not what a Cookie header",
    ],
    ["no time at all", ["staging", "--timeout", "0"], "whole number from 1"],
  ])("%s", async (_, args, problem) => {
    const { code, err, out } = await runSmoke(["--dir", writeRoutes(), ...args]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(problem);
    expect(err).not.toMatch(/1234|just text|Host: c|^\s+at /m);
  });

  it("a folder without a program", async () => {
    expect(await runSmoke(["staging", "--dir", "/nowhere"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("npm run synth"),
    });
  });
});

describe("the report of strata smoke", () => {
  it("has a line for each row, and one for each check that failed", async () => {
    const parts = { gate: () => ({ status: 502 }) };
    const { out, code } = await smokeAgainst({ parts });
    expect(code).toBe(2);
    const lines = out.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "));
    expect(lines.slice(0, 2)).toEqual([APP, "Row | Class | Expected | Got | Verdict"]);
    expect(lines).toEqual(
      expect.arrayContaining([
        "certificate | - | valid for the host, 7 days at least | 60 days left, signed by Test authority | ok",
        "/api/metrics/* | denied | 403 | 9 checks as declared, 4 not sent | ok",
        "/* | gated | login, and back here | 7 of 9 checks failed, 4 not sent | FAILED",
        " | XHR | 401 | 502: what answers for it is down | FAILED: down",
      ]),
    );
    expect(lines.at(-1)).toMatch(/^15 of \d+ checks failed \(down\)\. \d+ were not made\.$/);
  });

  it("says in one line that all is well", async () => {
    const { out, err } = await smokeAgainst();
    expect(out).toMatch(/\nAll \d+ checks are as declared\. \d+ were not made\.$/);
    expect(err).toBe("staging: 8 rows of shop-staging.acme.example");
  });

  it("tells a person how far it is", async () => {
    const { err } = await smokeAgainst({ person: { answers: [] } });
    expect(err).toMatch(/\n {2}\d+ of (\d+) requests\n(.*\n)* {2}\1 of \1 requests$/);
  });

  it("explains itself, with its exit codes", async () => {
    const { out } = await runSmoke(["--help"]);
    expect(out).toContain("Exit codes: 0 everything is as declared, 1 a problem, 2 a check failed.");
  });
});
