{{- /* Part of every stand-in: what stands beside a workload. */ -}}

{{- /* A Service. Takes root, name, selector, ports (list), and spec (laid over it), annotations. */ -}}
{{- define "stand-in.service" }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "stand-in.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .spec }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  ports:
    {{- toYaml .ports | nindent 4 }}
  selector:
    {{- .selector | nindent 4 }}
{{- end -}}

{{- /* A PodDisruptionBudget where the values switch one on. Takes root, name, selector, budget (the map of values). */ -}}
{{- define "stand-in.budget" }}
{{- if (.budget | default dict).enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "stand-in.labels" .root | nindent 4 }}
spec:
  {{- /* The API takes one of the two. */}}
  {{- if hasKey .budget "maxUnavailable" | and (not (kindIs "invalid" .budget.maxUnavailable)) }}
  maxUnavailable: {{ .budget.maxUnavailable }}
  {{- else }}
  minAvailable: {{ .budget.minAvailable | default 1 }}
  {{- end }}
  selector:
    matchLabels:
      {{- .selector | nindent 6 }}
{{- end }}
{{- end -}}

{{- /*
Definitions of custom resources with open schemas, from definitions.yaml of the stand-in. For charts whose definitions are
templates; the others have a folder crds. Takes root and annotations.
*/ -}}
{{- define "stand-in.definitions" }}
{{- $annotations := .annotations }}
{{- $root := .root }}
{{- range $root.Files.Get "definitions.yaml" | fromYamlArray }}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {{ .plural }}.{{ .group }}
  labels:
    {{- include "stand-in.labels" $root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  group: {{ .group }}
  scope: {{ .scope | default "Namespaced" }}
  names:
    kind: {{ .kind }}
    listKind: {{ .kind }}List
    plural: {{ .plural }}
    singular: {{ lower .kind }}
    {{- with .shortNames }}
    shortNames: {{ toJson . }}
    {{- end }}
    {{- with .categories }}
    categories: {{ toJson . }}
    {{- end }}
  versions:
    - name: {{ .version | default "v1" }}
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
      {{- with .subresources }}
      subresources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
{{- end -}}
