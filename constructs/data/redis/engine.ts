import { VALKEY_IMAGE } from "../../components/valkey";

/** The program behind an instance. Neither reads what a newer one of the other has written, so the choice is for good. */
export type RedisEngine = "valkey" | "redis";

interface EngineFacts {
  readonly image: string;
  /** Command line tool of the image. */
  readonly client: string;
  /** Variable from which the tool takes the password. */
  readonly passwordVariable: string;
}

export const ENGINES: Readonly<Record<RedisEngine, EngineFacts>> = {
  valkey: { image: VALKEY_IMAGE, client: "valkey-cli", passwordVariable: "VALKEYCLI_AUTH" },
  redis: {
    // renovate: datasource=docker depName=redis
    image: "docker.io/library/redis:8.6.2",
    client: "redis-cli",
    passwordVariable: "REDISCLI_AUTH",
  },
};
