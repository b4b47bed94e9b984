/** Pod settings that Pod Security level `restricted` asks for; `user` also owns the volumes. */
export function restrictedPod(user: number) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  } as const;
}

/** Container settings that Pod Security level `restricted` asks for. */
export function restrictedContainer(options: { readonly writableRoot?: boolean } = {}) {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: options.writableRoot !== true,
  };
}
