import { digestOf } from "../engine/fill";
import { at } from "../wire/paths";
import type { Values } from "../wire/values";
import { uuid } from "./ids";
import type { ProviderHooks, ResourceHook } from "./types";

const LETTERS = { special: true, upper: true, lower: true, numeric: true, number: true };
const MINIMA = { min_special: 0, min_upper: 0, min_lower: 0, min_numeric: 0 };

/** Text of a length; the same object always gets the same, which is what a test wants of chance. */
function text(state: Values, digest: string): string {
  let made = "";
  while (made.length < Number(at(state, "length"))) made += digestOf(digest, String(made.length));
  return made.slice(0, Number(at(state, "length")));
}

const generated: ResourceHook = {
  forceNew: ["length", "special", "upper", "lower", "numeric", "override_special", "keepers"],
  defaults: { ...LETTERS, ...MINIMA },
  create({ state, digest, type }) {
    state.result = text(state, digest);
    state.id = type === "random_password" ? "none" : state.result;
    if (type === "random_password") state.bcrypt_hash = `$2a$10$${digest.slice(0, 53)}`;
  },
};

/** random: values of the right form, the same in every run. */
export const random: ProviderHooks = {
  name: "random",
  legacyTypeSystem: false,
  formatId: uuid,
  resource: (type) => (type === "random_password" || type === "random_string" ? generated : { forceNew: ["keepers"] }),
};
