import type { JsonObject } from "../../core/json";
import type { Finding } from "../../core/rules";
import { mebibytes } from "../../data/store";
import { resources } from "../shared/values";
import { TLS_SECRET } from "./certificate";
import { VAULT_AUDIT_FILE } from "./names";
import { IMAGE, TLS_FOLDER } from "./server";

/** Older audit logs that are kept beside the one that is written. */
const KEPT_LOGS = 9;
/** Parts of the audit volume, of which each log takes one: the rest is room for what is written between two looks. */
const PARTS = 12;

/** What the container looks after, and how; tests look after other files. */
export interface CareOptions {
  readonly certificate: string;
  readonly auditLog: string;
  /** Bytes from which on the audit log is put aside. */
  readonly logBytes: number;
  /** Command that prints the process id of the server. */
  readonly server: string;
  /** Seconds between two looks. */
  readonly pause: number;
}

/**
 * A server reads its certificate when it starts and on SIGHUP only; without the signal every client would find an expired
 * certificate after three months. It opens its audit log anew on the same signal, and refuses every request once it
 * cannot write to it, as on a full volume: so a log that has grown to its part of the volume is put aside, and the oldest
 * goes. Nothing is lost in between: until the signal comes the server writes to the log that was put aside.
 *
 * @see https://developer.hashicorp.com/vault/docs/audit/file#log-file-rotation
 */
export function careScript({ certificate, auditLog, logBytes, server, pause }: CareOptions): string {
  return [
    `log=${auditLog}`,
    `reload() { kill -HUP $(${server}); }`,
    `sum() { sha256sum ${certificate}; }`,
    'bytes() { stat -c %s "$log" 2>/dev/null || echo 0; }',
    "put_aside() {",
    `  number=${KEPT_LOGS}`,
    '  while [ "$number" -gt 1 ]; do',
    "    newer=$((number - 1))",
    '    [ ! -e "$log.$newer" ] || mv -f "$log.$newer" "$log.$number"',
    "    number=$newer",
    "  done",
    '  mv "$log" "$log.1"',
    "}",
    'last="$(sum)"',
    `while sleep ${pause}; do`,
    '  now="$(sum)"',
    '  [ "$now" = "$last" ] || { reload && last="$now"; } || true',
    `  [ "$(bytes)" -lt ${logBytes} ] || put_aside || true`,
    "  # The server has not opened a new one yet: it was just put aside, or a signal before was lost.",
    '  [ ! -e "$log.1" ] || [ -e "$log" ] || reload || true',
    "done",
  ].join("\n");
}

/** The container beside each server that sends it the signal. */
export function sidecar(auditStorage: string, securityContext: JsonObject): JsonObject {
  const script = careScript({
    certificate: `${TLS_FOLDER}/tls.crt`,
    auditLog: VAULT_AUDIT_FILE,
    logBytes: logBytes(auditStorage) ?? 0,
    server: "pidof vault",
    pause: 60,
  });
  return {
    name: "reload-and-rotate",
    image: `${IMAGE.repository}:${IMAGE.tag}`,
    command: ["/bin/sh", "-ec"],
    args: [script],
    volumeMounts: [
      { name: `userconfig-${TLS_SECRET}`, mountPath: TLS_FOLDER, readOnly: true },
      { name: "audit", mountPath: VAULT_AUDIT_FILE.replace(/\/[^/]+$/, "") },
    ],
    securityContext,
    resources: resources("5m", "32Mi"),
  };
}

/** Refuses an audit volume whose logs could not be kept from filling it. */
export function checkAuditStorage(auditStorage: string): Finding[] {
  if (logBytes(auditStorage) !== undefined) return [];
  return [
    {
      problem: "size of the audit volume is not understood",
      value: auditStorage,
      fix: 'Write it in Mi, Gi or Ti, as in "10Gi", and at least 64Mi.',
    },
  ];
}

function logBytes(auditStorage: string): number | undefined {
  const size = mebibytes(auditStorage);
  return size === undefined || size < 64 ? undefined : Math.floor((size * 1024 * 1024) / PARTS);
}
