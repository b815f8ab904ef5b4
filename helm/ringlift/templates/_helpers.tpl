{{- define "ringlift.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "ringlift.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "ringlift.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "ringlift.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* Names of objects that are there once for the whole Kubernetes cluster. */}}
{{- define "ringlift.clusterName" -}}
{{- printf "%s-%s" (include "ringlift.fullname" .) .Release.Namespace }}
{{- end }}

{{- /* What selects pods never changes; it is also all that their templates carry, so that a new version of the chart replaces
no pod by itself. Takes (list context component). */}}
{{- define "ringlift.selector" -}}
app.kubernetes.io/name: {{ include "ringlift.name" (first .) }}
app.kubernetes.io/instance: {{ (first .).Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end }}

{{- define "ringlift.labels" -}}
{{ include "ringlift.selector" . }}
app.kubernetes.io/version: {{ (first .).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (first .).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (first .).Chart.Name (first .).Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "ringlift.image" -}}
{{- $context := first . }}
{{- $own := dig "image" "tag" "" (index $context.Values (last .)) }}
{{- printf "%s/ringlift-%s:%s" $context.Values.image.registry (last .) (coalesce $own $context.Values.image.tag $context.Chart.AppVersion) }}
{{- end }}

{{- /* Settings as environment variables: settleAfterPrepare is RINGLIFT_SETTLE_AFTER_PREPARE. Takes (list prefix settings). */}}
{{- define "ringlift.settings" -}}
{{- $prefix := first . }}
{{- range $key, $value := last . }}
- name: {{ $prefix }}_{{ $key | snakecase | upper }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{- define "ringlift.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "ringlift.probes" -}}
startupProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /q/health/ready, port: http}
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}

{{- define "ringlift.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- end }}
