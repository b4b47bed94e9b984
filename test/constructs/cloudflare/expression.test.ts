import { fieldsOf, isBalanced, usesRegex } from "../../../constructs/cloudflare/zone-edge/expression";

test.each([
  ['http.host eq "a"', ["http.host"]],
  ['http.request.uri.path in {"/a" "/b"} and not ssl', ["http.request.uri.path", "ssl"]],
  ['starts_with(lower(http.request.uri.path), "/http.host")', ["http.request.uri.path"]],
  ["ip.src in $office or ip.src in {192.0.2.0/24 2001:db8::/32}", ["ip.src"]],
  ['any(http.request.headers["x-a"][*] eq "b")', ["http.request.headers"]],
  ['http.user_agent contains r#"a "quoted" b.c"#', ["http.user_agent"]],
  ["true", []],
  ["cf.bot_management.score lt 30", ["cf.bot_management.score"]],
])("%s names %p", (expression, fields) => {
  expect(fieldsOf(expression)).toEqual(fields);
});

test.each([
  ['http.host matches "a"', true],
  ['http.host ~ "a"', true],
  ['regex_replace(http.host, "a", "b") eq "c"', true],
  ['http.host eq "matches ~"', false],
  ['http.host wildcard "*.a"', false],
])("%s uses a regular expression: %p", (expression, expected) => {
  expect(usesRegex(expression)).toBe(expected);
});

test.each([
  ['(a eq "b") and c', true],
  ['a eq "(" and (b)', true],
  ["(a", false],
  ["a)(", false],
  ['a eq "b', false],
  ['a eq "b\\"c"', true],
])("%s is complete: %p", (expression, expected) => {
  expect(isBalanced(expression)).toBe(expected);
});
