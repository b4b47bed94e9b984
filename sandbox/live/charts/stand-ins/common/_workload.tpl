{{- /*
Part of every stand-in: a pod that Pod Security level `restricted` admits, with the placement that the chart's values ask
for. Security contexts of the values are laid over it, so that one that asks for too much is refused as the real one
would be. Takes:
  root, name, selector (labels as YAML), settings (the map of values with resources, tolerations, affinity ...),
  container (name), ports (name to number), podSecurity, containerSecurity, containers, volumes, volumeMounts
*/ -}}
{{- define "stand-in.pod" -}}
{{- $settings := .settings | default dict -}}
{{- $pod := dict "runAsNonRoot" true "runAsUser" 65532 "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- $container := dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL")) -}}
metadata:
  labels:
    {{- .selector | nindent 4 }}
spec:
  serviceAccountName: {{ .name }}
  securityContext:
    {{- toYaml (mergeOverwrite $pod (.podSecurity | default dict)) | nindent 4 }}
  {{- range $field := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
  {{- with get $settings $field }}
  {{ $field }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  containers:
    - name: {{ .container | default .name }}
      # Nothing pulls it: what runs pods in the sandbox only says that they run.
      image: stand-in.invalid/{{ .root.Chart.Name }}:{{ .root.Chart.Version | replace "+" "_" }}
      securityContext:
        {{- toYaml (mergeOverwrite $container (.containerSecurity | default dict)) | nindent 8 }}
      {{- with .ports }}
      ports:
        {{- range $name, $port := . }}
        - name: {{ $name }}
          containerPort: {{ $port }}
        {{- end }}
      {{- end }}
      resources:
        {{- get $settings "resources" | default (dict "requests" (dict "cpu" "10m" "memory" "16Mi") "limits" (dict "memory" "16Mi")) | toYaml | nindent 8 }}
      {{- with .volumeMounts }}
      volumeMounts:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- with .containers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .volumes }}
  volumes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- /* A Deployment with its service account. Takes what a pod takes, and replicas, strategy. */ -}}
{{- define "stand-in.deployment" }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "stand-in.labels" .root | nindent 4 }}
    {{- .selector | nindent 4 }}
spec:
  replicas: {{ kindIs "invalid" .replicas | ternary 1 .replicas }}
  {{- with .strategy }}
  strategy:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  selector:
    matchLabels:
      {{- .selector | nindent 6 }}
  template:
    {{- include "stand-in.pod" . | nindent 4 }}
{{ include "stand-in.account" . }}
{{- end -}}

{{- define "stand-in.account" }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "stand-in.labels" .root | nindent 4 }}
{{- end -}}
