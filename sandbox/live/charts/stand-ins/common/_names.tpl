{{- /* Part of every stand-in: names and labels as charts commonly make them. */ -}}

{{- define "stand-in.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "stand-in.fullname" -}}
{{- $name := include "stand-in.name" . -}}
{{- $both := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $both | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* What every object carries, and that it is no more than a stand-in. Takes the root. */ -}}
{{- define "stand-in.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
strata.sandbox/stand-in: {{ .Chart.Name }}
{{- end -}}

{{- /* Labels by which Services, budgets and policies find pods. Takes root, and name where it is not the chart's. */ -}}
{{- define "stand-in.selector" -}}
app.kubernetes.io/name: {{ .name | default (include "stand-in.name" .root) }}
app.kubernetes.io/instance: {{ .instance | default .root.Release.Name }}
{{- with .more }}
{{ toYaml . }}
{{- end }}
{{- end -}}
