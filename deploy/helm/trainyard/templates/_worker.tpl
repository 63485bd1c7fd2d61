{{/* Probes of trainers and predictors. */}}
{{- define "trainyard.workerProbes" -}}
# Start-up: the port is open. On GPUs the libraries are unpacked before.
startupProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 150
# Liveness: all threads run. It does not depend on Kafka, and long computations do not affect it.
livenessProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
# Readiness: topics are read, and predictors have loaded their models. A rolling update waits for it; work comes by Kafka.
readinessProbe:
  httpGet: {path: /q/health/ready, port: http}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 3
{{- end -}}

{{- define "trainyard.workerEnv" -}}
# the platform shows workers by the names of their pods
- {name: TRAINYARD_WORKER_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
{{- end -}}
