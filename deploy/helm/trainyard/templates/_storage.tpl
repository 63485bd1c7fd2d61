{{- define "trainyard.artifactsClaim" -}}
{{- .Values.artifacts.claim.existing | default (printf "%s-artifacts" (include "trainyard.fullname" .)) -}}
{{- end -}}

{{- define "trainyard.artifactsEnv" -}}
{{- with .Values.artifacts }}
{{- if eq .store "s3" }}
- {name: TRAINYARD_ARTIFACTS_URI, value: {{ required "artifacts.s3.uri is needed: s3://BUCKET/PREFIX" .s3.uri | quote }}}
{{- with .s3.region }}
- {name: TRAINYARD_ARTIFACTS_S3_REGION, value: {{ . | quote }}}
{{- end }}
{{- with .s3.endpoint }}
- {name: TRAINYARD_ARTIFACTS_S3_ENDPOINT, value: {{ . | quote }}}
{{- end }}
- {name: TRAINYARD_ARTIFACTS_S3_PATH_STYLE, value: {{ .s3.pathStyle | quote }}}
{{- with .s3.credentials }}
{{- if .secret }}
- {name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .accessKeyId }}}}}
- {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .secretAccessKey }}}}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "trainyard.artifactsMount" -}}
{{- if eq .Values.artifacts.store "claim" }}
- {name: artifacts, mountPath: /var/lib/trainyard/artifacts}
{{- end }}
- {name: tmp, mountPath: /tmp}
{{- end -}}

{{- define "trainyard.artifactsVolume" -}}
{{- if eq .Values.artifacts.store "claim" }}
- name: artifacts
  persistentVolumeClaim: {claimName: {{ include "trainyard.artifactsClaim" . }}}
{{- end }}
- name: tmp
  emptyDir: {}
{{- end -}}

{{/* JDBC URL, user and password of the database. */}}
{{- define "trainyard.databaseEnv" -}}
{{- $name := printf "%s-postgres" (include "trainyard.fullname" .) -}}
{{- if eq .Values.database.mode "cloudnativepg" }}
- name: QUARKUS_DATASOURCE_JDBC_URL
  value: jdbc:postgresql://{{ $name }}-rw:5432/trainyard?sslmode=verify-full&sslrootcert=/run/trainyard/database-ca/ca.crt
- {name: QUARKUS_DATASOURCE_USERNAME, value: trainyard}
{{- else }}
- name: QUARKUS_DATASOURCE_JDBC_URL
  value: {{ required "database.jdbcUrl is needed, such as jdbc:postgresql://HOST:5432/trainyard; or set database.mode=cloudnativepg" .Values.database.jdbcUrl | quote }}
- {name: QUARKUS_DATASOURCE_USERNAME, value: {{ .Values.database.username | quote }}}
{{- end }}
- {name: QUARKUS_DATASOURCE_PASSWORD_FILE, value: /run/trainyard/database/password}
{{- end -}}

{{- define "trainyard.databaseMount" -}}
- {name: database, mountPath: /run/trainyard/database, readOnly: true}
{{- if or .Values.database.ca.secret (eq .Values.database.mode "cloudnativepg") }}
- {name: database-ca, mountPath: /run/trainyard/database-ca, readOnly: true}
{{- end }}
{{- end -}}

{{- define "trainyard.databaseVolume" -}}
{{- $name := printf "%s-postgres" (include "trainyard.fullname" .) -}}
{{- $operator := eq .Values.database.mode "cloudnativepg" -}}
- name: database
  secret:
    secretName: {{ ternary (printf "%s-app" $name) .Values.database.passwordSecret.name $operator }}
    defaultMode: 0440
    items: [{key: {{ ternary "password" .Values.database.passwordSecret.key $operator }}, path: password}]
{{- if or .Values.database.ca.secret $operator }}
- name: database-ca
  secret:
    secretName: {{ ternary (printf "%s-ca" $name) .Values.database.ca.secret $operator }}
    defaultMode: 0440
    items: [{key: {{ ternary "ca.crt" .Values.database.ca.key $operator }}, path: ca.crt}]
{{- end }}
{{- end -}}
