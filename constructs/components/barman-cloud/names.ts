/** Name under which a PostgreSQL cluster asks for the plugin. */
export const BARMAN_CLOUD_PLUGIN = "barman-cloud.cloudnative-pg.io";

/** Port on which the operator calls the plugin, by gRPC with client certificates. */
export const BARMAN_CLOUD_PORT = 9090;

/** Label of the plugin's own pod; it shares the namespace of the operator. */
export const BARMAN_CLOUD_PODS = { "app.kubernetes.io/name": "plugin-barman-cloud" } as const;
