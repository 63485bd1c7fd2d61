{{- define "trainyard.kafkaName" -}}
{{ include "trainyard.fullname" . }}-kafka
{{- end -}}

{{/* Where the brokers are and how clients connect, as a dictionary in YAML. */}}
{{- define "trainyard.kafka" -}}
{{- $name := include "trainyard.kafkaName" . -}}
{{- if eq .Values.kafka.mode "strimzi" -}}
servers: {{ $name }}-kafka-bootstrap.{{ .Release.Namespace }}.svc:9093
protocol: SASL_SSL
mechanism: SCRAM-SHA-512
caSecret: {{ $name }}-cluster-ca-cert
caKey: ca.crt
jaasKey: sasl.jaas.config
passwordKey: password
{{- else -}}
servers: {{ required "kafka.bootstrapServers is needed, such as kafka-1:9093,kafka-2:9093; or set kafka.mode=strimzi" .Values.kafka.bootstrapServers | quote }}
protocol: {{ .Values.kafka.securityProtocol }}
mechanism: {{ .Values.kafka.saslMechanism }}
caSecret: {{ .Values.kafka.ca.secret | quote }}
caKey: {{ .Values.kafka.ca.key }}
jaasKey: {{ .Values.kafka.keys.jaas }}
passwordKey: {{ .Values.kafka.keys.password }}
{{- end -}}
{{- end -}}

{{/* Secret of a user; takes a list of the root and the user. */}}
{{- define "trainyard.kafkaSecret" -}}
{{- $root := index . 0 -}}{{- $user := index . 1 -}}
{{- if eq $root.Values.kafka.mode "strimzi" -}}
{{ include "trainyard.kafkaName" $root }}-{{ $user }}
{{- else -}}
{{ (index $root.Values.kafka.users $user).secret }}
{{- end -}}
{{- end -}}

{{/* Takes a list of the root and the user. */}}
{{- define "trainyard.kafkaEnv" -}}
{{- $root := index . 0 -}}
{{- $kafka := include "trainyard.kafka" $root | fromYaml -}}
{{- $mechanism := ternary ($root.Values.kafka.access.saslMechanism | default $kafka.mechanism) $kafka.mechanism (eq (index . 1) "admin") -}}
- {name: KAFKA_BOOTSTRAP_SERVERS, value: {{ $kafka.servers | quote }}}
{{- range $variable, $value := dict "REPLICATION_FACTOR" $root.Values.kafka.topics.replicationFactor "MIN_INSYNC_REPLICAS" $root.Values.kafka.topics.minInsyncReplicas }}
{{- if $value }}
- {name: TRAINYARD_TOPICS_{{ $variable }}, value: {{ $value | int | quote }}}
{{- end }}
{{- end }}
- {name: KAFKA_SECURITY_PROTOCOL, value: {{ $kafka.protocol }}}
{{- if hasPrefix "SASL_" $kafka.protocol }}
- {name: KAFKA_SASL_MECHANISM, value: {{ $mechanism }}}
- {name: KAFKA_SASL_JAAS_CONFIG_FILE, value: /run/trainyard/kafka/jaas}
{{- else if eq $kafka.protocol "SSL" }}
- {name: KAFKA_SSL_KEYSTORE_LOCATION, value: /run/trainyard/kafka/keystore}
- {name: KAFKA_SSL_KEYSTORE_TYPE, value: {{ $root.Values.kafka.keys.keystoreType }}}
- {name: KAFKA_SSL_KEYSTORE_PASSWORD_FILE, value: /run/trainyard/kafka/keystore-password}
{{- end }}
{{- if and (hasSuffix "SSL" $kafka.protocol) $kafka.caSecret }}
- {name: KAFKA_SSL_TRUSTSTORE_LOCATION, value: /run/trainyard/kafka-ca/ca.crt}
- {name: KAFKA_SSL_TRUSTSTORE_TYPE, value: PEM}
{{- end }}
{{- end -}}

{{- define "trainyard.kafkaMount" -}}
{{- $kafka := include "trainyard.kafka" . | fromYaml -}}
{{- if ne $kafka.protocol "PLAINTEXT" }}
- {name: kafka, mountPath: /run/trainyard/kafka, readOnly: true}
{{- end }}
{{- if and (hasSuffix "SSL" $kafka.protocol) $kafka.caSecret }}
- {name: kafka-ca, mountPath: /run/trainyard/kafka-ca, readOnly: true}
{{- end }}
{{- end -}}

{{/* Takes a list of the root and the user. */}}
{{- define "trainyard.kafkaVolume" -}}
{{- $root := index . 0 -}}
{{- $kafka := include "trainyard.kafka" $root | fromYaml -}}
{{- if ne $kafka.protocol "PLAINTEXT" }}
- name: kafka
  secret:
    secretName: {{ include "trainyard.kafkaSecret" . }}
    defaultMode: 0440
    items:
      {{- if hasPrefix "SASL_" $kafka.protocol }}
      - {key: {{ $kafka.jaasKey }}, path: jaas}
      {{- else }}
      - {key: {{ $root.Values.kafka.keys.keystore }}, path: keystore}
      - {key: {{ $root.Values.kafka.keys.keystorePassword }}, path: keystore-password}
      {{- end }}
{{- end }}
{{- if and (hasSuffix "SSL" $kafka.protocol) $kafka.caSecret }}
- name: kafka-ca
  secret:
    secretName: {{ $kafka.caSecret }}
    defaultMode: 0440
    items: [{key: {{ $kafka.caKey }}, path: ca.crt}]
{{- end }}
{{- end -}}
