{{- define "sluice.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "sluice.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "sluice.name" .) }}
{{- end }}

{{- define "sluice.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* The environment variable of a setting: Spring ignores dashes. */}}
{{- define "sluice.variable" -}}
{{ . | replace "-" "" | replace "." "_" | upper }}
{{- end }}

{{- define "sluice.secretVariable" -}}
{{- if regexMatch "^sluice\\.replicas\\.databases\\.[^.]*-" .setting }}
{{- fail (printf "secretSettings: %s: a variable cannot have the dash in the name of the replica; give the replica a name without one" .setting) }}
{{- end }}
- name: {{ include "sluice.variable" .setting }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{/* A value in a file of properties. Helm reads numbers as floating point, and would print 1e+07. */}}
{{- define "sluice.property" -}}
{{- if kindIs "string" . }}{{ . | replace "\\" "\\\\" | replace "\n" "\\n" }}{{ else }}{{ toJson . }}{{ end }}
{{- end }}

{{/* What all pods have in common. Arguments: root, component, values, grace, env; some: args, ports, probes, restart. */}}
{{- define "sluice.pod" -}}
metadata:
  labels:
    {{- include "sluice.selector" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with .root.Values.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
  annotations:
    # Pods start again when the settings change.
    sluice/settings: {{ include (print .root.Template.BasePath "/settings.yaml") .root | sha256sum }}
spec:
  serviceAccountName: {{ include "sluice.serviceAccount" .root }}
  # Sluice does not use the API of Kubernetes.
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets: {{ toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .grace }}
  {{- with .restart }}
  restartPolicy: {{ . }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
  {{- with .values.nodeSelector }}
  nodeSelector: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.tolerations }}
  tolerations: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.affinity }}
  affinity: {{ toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sluice.selector" .root | nindent 10 }}
          app.kubernetes.io/component: {{ .component }}
  containers:
    - name: sluice
      image: {{ include "sluice.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      {{- with .args }}
      args: {{ toJson . }}
      {{- end }}
      env:
        - name: SPRING_CONFIG_ADDITIONALLOCATION
          value: file:/etc/sluice/settings.properties
        {{- range $name, $value := .env }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- include "sluice.secretVariables" .root | trim | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources: {{ toYaml .values.resources | nindent 8 }}
      {{- with .ports }}
      ports: {{ toYaml . | nindent 8 }}
      {{- end }}
      {{- with .probes }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
      volumeMounts:
        - {name: settings, mountPath: /etc/sluice, readOnly: true}
        - {name: home, mountPath: /data}
        - {name: tmp, mountPath: /tmp}
        {{- if eq .root.Values.storage.kind "local" }}
        - {name: files, mountPath: /files}
        {{- end }}
  volumes:
    - name: settings
      configMap: {name: {{ include "sluice.name" .root }}}
    # Temporary files of large requests; the data are in the database and in the storage.
    - name: home
      emptyDir: {sizeLimit: 5Gi}
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
    {{- if eq .root.Values.storage.kind "local" }}
    - name: files
      persistentVolumeClaim: {claimName: {{ required "storage.local.existingClaim: name a claim with the access mode ReadWriteMany, or use storage.kind=azure" .root.Values.storage.local.existingClaim }}}
    {{- end }}
{{- end }}

{{- define "sluice.secretVariables" -}}
{{- with .Values.database }}{{ if .existingSecret }}
{{ include "sluice.secretVariable" (dict "setting" "spring.datasource.password" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}{{ end }}
{{- with .Values.storage.azure }}{{ if .existingSecret }}
{{ include "sluice.secretVariable" (dict "setting" "sluice.storage.azure.connection-string" "secret" .existingSecret "key" .connectionStringKey) }}
{{- end }}{{ end }}
{{- range .Values.secretSettings }}
{{ include "sluice.secretVariable" . }}
{{- end }}
{{- with .Values.javaToolOptions }}
- name: JAVA_TOOL_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The checks by which Kubernetes starts, uses and replaces a process. */}}
{{- define "sluice.probes" -}}
startupProbe:
  httpGet: {path: /actuator/health/liveness, port: http, scheme: {{ .Values.probes.scheme }}}
  periodSeconds: 5
  # A migration of a large store takes minutes.
  failureThreshold: 240
livenessProbe:
  httpGet: {path: /actuator/health/liveness, port: http, scheme: {{ .Values.probes.scheme }}}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /actuator/health/readiness, port: http, scheme: {{ .Values.probes.scheme }}}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}
