import { VALKEY_PORT } from "../valkey";
import { CASDOOR_PORT, SESSIONS } from "./names";

/** A PostgreSQL database that stands already, with its role's password in a secret of Casdoor's namespace. */
export interface IdentityDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly secretName: string;
  /** Key of the password. */
  readonly secretKey: string;
}

/** What the configuration depends on. */
export interface CasdoorSettings {
  /** Public host: the issuer of every token. */
  readonly host: string;
  readonly database: Pick<IdentityDatabase, "host" | "port" | "database" | "user">;
}

/** Where the initial data is mounted. */
export const INIT_FOLDER = "/init";

/**
 * app.conf, with marks that External Secrets fills. The database's password is not in it: the driver takes it from
 * PGPASSWORD.
 *
 * @see https://casdoor.org/docs/basic/server-installation
 */
export function appConf({ host, database }: CasdoorSettings): string {
  const settings: Record<string, string> = {
    appname: "casdoor",
    httpport: String(CASDOOR_PORT),
    runmode: "prod",
    copyrequestbody: "true",
    driverName: "postgres",
    dataSourceName: `"user=${database.user} host=${database.host} port=${database.port} dbname=${database.database} sslmode=require"`,
    dbName: database.database,
    // Address, connections and password: sessions survive a pod, and several pods share them.
    redisEndpoint: `${SESSIONS}:${VALKEY_PORT},100,{{ .session_password }}`,
    origin: `https://${host}`,
    authState: '"casdoor"',
    verificationCodeTimeout: "10",
    logPostOnly: "true",
    isDemoMode: "false",
    enableErrorMask: "true",
    enableGzip: "true",
    batchSize: "100",
    // Directory services are off; the RADIUS server can't be switched off, so at least nobody knows its secret.
    ldapServerPort: "0",
    ldapsServerPort: "0",
    radiusServerPort: "1812",
    radiusSecret: "{{ .radius_secret }}",
    // The default writes files.
    logConfig: '{"adapter":"console"}',
    initDataFile: `"${INIT_FOLDER}/init_data.json"`,
    // The built-in administrator exists before the initial data is read: with `true` it would keep the password 123.
    initDataNewOnly: "false",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

/**
 * What Casdoor makes itself, made safe: at every start the built-in administrator gets the password of Vault, and the
 * built-in application, through which the API is called, gets a known client and no sign-up. Everyone in the built-in
 * organization is a global administrator, so people belong into another one, which `strata identity sync` makes.
 *
 * Empty values are traps of its own: without `tokenFormat` no token is issued, without `signupItems` the page stays
 * white, and sessions of zero hours end at once.
 */
export function initData(): string {
  const application = {
    owner: "admin",
    name: "app-built-in",
    displayName: "Casdoor",
    organization: "built-in",
    cert: "cert-built-in",
    clientId: "{{ .sync_client_id }}",
    clientSecret: "{{ .sync_client_secret }}",
    enablePassword: true,
    enableSignUp: false,
    signinMethods: [{ name: "Password", displayName: "Password", rule: "All" }],
    signupItems: [],
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: [],
    tokenFormat: "JWT",
    tokenFields: [],
    expireInHours: 12,
    refreshExpireInHours: 12,
    cookieExpireInHours: 12,
    providers: [],
    tags: [],
    failedSigninLimit: 5,
    failedSigninFrozenTime: 15,
  };
  const administrator = {
    owner: "built-in",
    name: "admin",
    type: "normal-user",
    displayName: "Admin",
    password: "{{ .admin_password }}",
    isAdmin: true,
    signupApplication: "app-built-in",
    address: [],
  };
  return `${JSON.stringify({ applications: [application], users: [administrator] }, null, 2)}\n`;
}
