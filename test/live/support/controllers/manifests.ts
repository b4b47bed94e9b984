/** The definition of a custom resource that takes any field. */
export function definition(apiVersion: string, kind: string, plural: string, scope = "Namespaced"): object {
  const [group = "", version = ""] = apiVersion.split("/");
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural },
      versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

/** A pod that Pod Security level `restricted` admits; more of it and of its container where wanted. */
export function podSpec(container: object = {}, pod: object = {}): object {
  return {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "main",
        image: "registry.invalid/app:1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        ...container,
      },
    ],
    ...pod,
  };
}

export function deployment(name: string, spec = podSpec()): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  };
}

export function job(name: string, container: object = {}): object {
  const spec = { backoffLimit: 0, template: { spec: { restartPolicy: "Never", ...podSpec(container) } } };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec };
}

export function loadBalancer(name: string): object {
  const spec = { type: "LoadBalancer", selector: { app: name }, ports: [{ port: 443 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
}

export function claim(name: string, storageClassName: string, storage = "10Gi"): object {
  const spec = { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name }, spec };
}

/** An object of cert-manager, External Secrets or an operator. */
export function custom(apiVersion: string, kind: string, name: string, spec: object): object {
  return { apiVersion, kind, metadata: { name }, spec };
}
