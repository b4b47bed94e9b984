import { OPENPANEL } from "./openpanel";

/** The catalogue of applications, by name: a later application is one folder and one line here. */
export const APPS = { openpanel: OPENPANEL } as const;
