/** The value paths of a chart, from its values, its schema and the references in its templates. */

/**
 * A path is a leaf; one that ends in `.*` is a map with keys of the user's choice; a `*` inside a path stands for any
 * one key.
 */
export function knownPaths({ values, schema, subcharts, templates }) {
  const root = node();
  addValues(root, values);
  if (schema !== undefined) addSchema(root, schema, schema);
  for (const name of subcharts) child(root, name).open = true;
  for (const text of templates) addTemplate(root, text);
  return [...new Set(paths(root, ""))].filter((one, _, all) => !isCovered(one, all)).sort();
}

function node() {
  return { children: new Map(), any: undefined, open: false, typed: false };
}

function child(parent, key) {
  const known = parent.children.get(key) ?? node();
  parent.children.set(key, known);
  return known;
}

function addValues(target, value) {
  if (value === null || !isMap(value)) {
    // Nobody knows what a null stands for; the schema may.
    target.maybeOpen = value === null;
    return;
  }
  const keys = Object.keys(value);
  // File names as keys: the user may add files.
  if (keys.length === 0 || keys.some((key) => /\.(ya?ml|xml|json|conf|txt)$/.test(key))) {
    target.open = true;
    return;
  }
  for (const key of keys) addValues(child(target, key), value[key]);
}

function addSchema(target, schema, root) {
  const resolved = resolve(schema, root);
  const types = [resolved.type ?? []].flat();
  const properties = Object.entries(resolved.properties ?? {});
  target.typed = types.length > 0;
  if (types.length > 0 && !types.includes("object")) {
    target.typed = true;
    return;
  }
  for (const [key, property] of properties) addSchema(child(target, key), property, root);
  const more = resolved.additionalProperties;
  if (isMap(more) && Object.keys(resolve(more, root).properties ?? {}).length > 0) {
    target.any ??= node();
    addSchema(target.any, more, root);
  } else if (types.includes("object") && properties.length === 0 && more !== false && target.children.size === 0) {
    target.open = true;
  }
}

function resolve(schema, root) {
  const reference = schema.$ref;
  if (typeof reference !== "string") return schema;
  const found =
    reference
      .slice(2)
      .split("/")
      .reduce((at, key) => at?.[key.replaceAll("~1", "/")], root) ?? {};
  return resolve(found, root);
}

const REFERENCE = /Values((?:\.[A-Za-z_][\w-]*)+)/g;
/** A map that the template passes on as it is. */
const WHOLE = [
  /toYaml \(?\$?\.?(?:root\.)?Values((?:\.\w+)+)/g,
  /with \(?\$?\.Values((?:\.\w+)+)\)?\s*-?}}[\s\S]{0,60}?toYaml \.[\s)]/g,
];

function addTemplate(root, text) {
  for (const [, reference] of text.matchAll(REFERENCE)) {
    const keys = reference.slice(1).split(".");
    // `omit .Values.x "y"` and the like end in a word that is no key: only what is missing at the end is added.
    place(root, keys);
  }
  for (const expression of WHOLE) {
    for (const [, reference] of text.matchAll(expression)) {
      const target = place(root, reference.slice(1).split("."));
      // A list or a scalar is a leaf anyway.
      if (target !== undefined && (target.children.size > 0 || target.added)) target.open = true;
    }
  }
}

/** The node of a reference, added when the chart's values only comment on it. */
function place(root, keys) {
  let at = root;
  for (const key of keys) {
    if (at.open || at.maybeOpen) return undefined;
    const known = at.children.get(key);
    if (known !== undefined) {
      at = known;
      continue;
    }
    if (at !== root && at.children.size === 0 && at.any === undefined && !at.added) return undefined;
    at = child(at, key);
    at.added = true;
  }
  return at;
}

function paths(at, prefix) {
  const path = (key) => (prefix === "" ? key : `${prefix}.${key}`);
  if (at.open || (at.maybeOpen && !at.typed && at.children.size === 0)) return [`${prefix}.*`];
  if (at.children.size === 0 && at.any === undefined) return [prefix];
  return [
    ...[...at.children].flatMap(([key, one]) => paths(one, path(key))),
    ...(at.any === undefined ? [] : paths(at.any, path("*"))),
  ];
}

/** Whether a path with a key of any name, or an open map, says the same. */
function isCovered(one, all) {
  const segments = one.split(".");
  return all.some((other) => {
    if (other === one || !other.includes("*")) return false;
    const others = other.split(".");
    const open = others.at(-1) === "*";
    if (open ? others.length > segments.length : others.length !== segments.length) return false;
    const fixed = open ? others.slice(0, -1) : others;
    return fixed.every((segment, index) => segment === "*" || segment === segments[index]);
  });
}

function isMap(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
