/** What the traffic of a store depends on. */
export interface StoreTrafficProps {
  /** Namespaces of the applications that use the store. */
  readonly consumers: readonly string[];
  /** Namespace of the store's operator. @default - where our component installs it */
  readonly operator?: string;
  /** Whether backups leave the cluster. @default false */
  readonly backup?: boolean;
}
