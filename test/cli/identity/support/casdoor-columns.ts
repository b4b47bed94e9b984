import type { Row, Table } from "./fake-casdoor";

/** Columns by what is in them when nothing was said: Casdoor gives an empty list back as null. */
const COLUMNS: Readonly<Record<Table, { texts: string; flags?: string; numbers?: string; lists?: string }>> = {
  organization: {
    texts: `owner name createdTime displayName websiteUrl passwordType passwordSalt defaultTokenFormat masterPassword
      defaultPassword masterVerificationCode dcrPolicy favicon`,
    flags: "enableSoftDeletion isProfilePublic useEmailAsUsername",
    numbers: "initScore",
    lists: "passwordOptions countryCodes userTypes tags languages accountItems mfaItems",
  },
  group: {
    texts: "owner name createdTime displayName type parentId",
    flags: "isTopGroup isEnabled",
    numbers: "gidNumber",
  },
  provider: {
    texts: "owner name createdTime displayName category type method clientId clientSecret content scopes emailRegex",
    flags: "enableProxy",
    numbers: "port",
  },
  application: {
    texts: `owner name createdTime displayName logo homepageUrl description organization cert clientId clientSecret
      tokenFormat tokenSigningMethod formCss samlReplyUrl`,
    flags: `enablePassword enableSignUp enableGuestSignin disableSignin isShared enableSigninSession enableAutoSignin enableCodeSignin`,
    numbers: "expireInHours refreshExpireInHours cookieExpireInHours failedSigninLimit failedSigninFrozenTime order",
    lists: "scopes providers signinMethods signupItems grantTypes redirectUris tokenFields tokenAttributes tags",
  },
};

/** A row in which nothing was said. */
export function zeroOf(table: Table): Row {
  const { texts, flags = "", numbers = "", lists = "" } = COLUMNS[table];
  const names = (text: string) => text.split(/\s+/).filter((name) => name !== "");
  return Object.fromEntries([
    ...names(texts).map((name) => [name, ""]),
    ...names(flags).map((name) => [name, false]),
    ...names(numbers).map((name) => [name, 0]),
    ...names(lists).map((name) => [name, null]),
  ]);
}
