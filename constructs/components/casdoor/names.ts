export const CASDOOR_NAMESPACE = "casdoor";
/** Service of the identity provider. */
export const CASDOOR_SERVICE = "casdoor";
export const CASDOOR_PORT = 8000;
/** Session store. */
export const SESSIONS = "sessions";
