export interface RedisInstanceProps {
  readonly name: string;
  readonly service: string;
  readonly namespace: string;
  readonly user: import("./user").RedisUser;
}
export { REDIS_PORT, redisTraffic } from "./traffic";
export { type RedisUser, redisSecret } from "./user";
