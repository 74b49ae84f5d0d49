{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* What several objects are called and marked with. */}}

{{- define "rds-csi.labels" -}}
app.kubernetes.io/name: rds-csi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* By which a pod is found again; never changes. */}}
{{- define "rds-csi.selector" -}}
app.kubernetes.io/name: rds-csi
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "rds-csi.controller" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}-controller
{{- end }}

{{- define "rds-csi.node" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}-node
{{- end }}

{{/* Names of what belongs to no namespace. */}}
{{- define "rds-csi.clusterwide" -}}
{{ printf "%s-%s" .Release.Namespace .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "rds-csi.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* [a, b] → [{name: a}, {name: b}] */}}
{{- define "rds-csi.references" -}}
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}

{{/* Flags of both subcommands. */}}
{{- define "rds-csi.serving" -}}
- --endpoint=unix:///csi/csi.sock
- --driver-name={{ .Values.driverName }}
- --cluster-id={{ .Values.clusterId }}
- --log-level={{ .Values.logLevel }}
{{- with .Values.topologyZone }}
- --topology-zone={{ . }}
{{- end }}
{{- end }}

{{/* A sidecar, from its name and what follows its image. */}}
{{- define "rds-csi.sidecar" -}}
image: {{ .root.Values.sidecars.registry }}/{{ .image }}
imagePullPolicy: {{ .root.Values.sidecars.pullPolicy }}
resources: {{- toYaml .root.Values.sidecars.resources | nindent 2 }}
{{- end }}

{{- define "rds-csi.confined" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
