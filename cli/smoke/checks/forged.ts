import { randomBytes, randomInt } from "node:crypto";
import { type Answer, header } from "../http/answer";
import type { Judge } from "./judges";

/** Headers that somebody made up. */
export interface Forgery {
  readonly headers: Readonly<Record<string, string>>;
  /** What each of them says, which nothing else in the world says, by the header's name: it must not come back. */
  readonly marks: Readonly<Record<string, string>>;
}

/** Headers that claim who someone is: a gate's own, and those that applications read by convention. */
const IDENTITY = [
  "X-Auth-Request-User",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Preferred-Username",
  "X-Auth-Request-Access-Token",
  "X-Forwarded-User",
  "X-Forwarded-Email",
  "X-Forwarded-Groups",
  "X-Forwarded-Preferred-Username",
  "Remote-User",
  "X-Remote-User",
  "X-Webauth-User",
  "X_Auth_Request_User",
  "Impersonate-User",
] as const;

/** Headers that claim where someone is, but for `X-Forwarded-For`, to which every proxy adds what it saw. */
const ADDRESS = [
  "Openpanel-Client-Ip",
  "True-Client-Ip",
  "X-Client-Ip",
  "X-Cluster-Client-Ip",
  "X-Original-Forwarded-For",
  "X-Real-Ip",
] as const;

/** Headers that claim what was asked for: the gateway writes its own when it asks a gate. */
const REQUEST = ["X-Forwarded-Host", "X-Forwarded-Method"] as const;

/** The same, with a path: a gate would send somebody there after the login, an application would serve it. */
const PATHS = [
  "X-Forwarded-Uri",
  "X-Forwarded-Prefix",
  "X-Auth-Request-Redirect",
  "X-Original-Url",
  "X-Rewrite-Url",
] as const;

/** Addresses that stand in documents only. */
const NOWHERE = "198.51.100.";

/** Makes headers up that claim to be someone else, somewhere else, asking for something else. */
export function forge(): Forgery {
  const text = () => `strata-${randomBytes(8).toString("hex")}.invalid`;
  const first = randomInt(1, 200);
  const marks = Object.fromEntries([
    ...[...IDENTITY, ...REQUEST, ...PATHS].map((name) => [name, text()]),
    ...ADDRESS.map((name, index) => [name, `${NOWHERE}${first + index}`]),
  ]);
  const paths = Object.fromEntries(PATHS.map((name) => [name, `/${marks[name]}`]));
  return { headers: { ...marks, ...paths }, marks };
}

/** The same verdict as without the headers, and none of what they say comes back. */
export function unmoved(judge: Judge, { marks }: Forgery): Judge {
  return (reply, asked, loginHosts) => {
    const back = Object.keys(marks).filter((name) => reply.kind === "answer" && carries(reply, marks[name] ?? ""));
    if (reply.kind === "answer" && back.length > 0) {
      return { got: `${reply.status}, with what a forged ${back.join(", ")} said`, problem: "forged" };
    }
    const judgement = judge(reply, asked, loginHosts);
    return judgement.problem === "open" ? { ...judgement, problem: "forged" } : judgement;
  };
}

function carries(reply: Answer, mark: string): boolean {
  return reply.body.includes(mark) || Object.keys(reply.headers).some((name) => header(reply, name).includes(mark));
}
