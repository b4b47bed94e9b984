/** The folder of the audit device on the servers of production: a volume of its own, which no developer's machine has. */
export const AUDIT_FOLDER = "/vault/audit";

/** Whether a request is about audit devices. */
export function isAboutAudit(target: string): boolean {
  return /^\/v1\/sys\/audit(\/|\?|$)/.test(target);
}

/** What a client says of the audit device, as Vault is told it here. */
export function auditRequest(body: Buffer, folder: string): Buffer {
  return mapped(body, (text) =>
    text.startsWith(`${AUDIT_FOLDER}/`) ? `${folder}${text.slice(AUDIT_FOLDER.length)}` : text,
  );
}

/** What Vault says of its audit devices, as a client is told it. */
export function auditAnswer(body: Buffer, folder: string): Buffer {
  return mapped(body, (text) => text.replaceAll(`${folder}/`, `${AUDIT_FOLDER}/`));
}

function mapped(body: Buffer, change: (text: string) => string): Buffer {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return Buffer.from(JSON.stringify(value, (_, each: unknown) => (typeof each === "string" ? change(each) : each)));
  } catch {
    // No JSON names a file.
    return body;
  }
}
