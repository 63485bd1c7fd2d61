#!/usr/bin/env bash
# Creates the passwords of Kafka's users in FOLDER/{admin,gateway,trainer,predictor}, those that are missing, and the secrets
# FOLDER/database/password and FOLDER/callbacks/secret. docker-compose.yml runs it at each start. To change a password of Kafka,
# delete its folder's content and start again. Files database-password and callback-secret of the folder OWN replace the last two.
set -euo pipefail
umask 077
root=${1:?usage: create-secrets.sh FOLDER [OWN]}
own=${2:-}
# the users of the images: 10001 of Trainyard's, 1000 of apache/kafka
trainyard=${TRAINYARD_UID:-10001}
kafka=${KAFKA_GID:-1000}
modules=org.apache.kafka.common.security

random() { head -c 16 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# secret FILE NAME: the file NAME of the folder of own secrets, else what FILE contains, else a random text
secret() {
  mkdir -p "${1%/*}"
  if [ -n "$own" ] && [ -s "$own/$2" ]; then
    cat "$own/$2" > "$1.new"
  elif [ ! -s "$1" ]; then
    random > "$1.new"
  fi
  [ ! -f "$1.new" ] || mv "$1.new" "$1"
  chmod 750 "${1%/*}"
  chmod 440 "$1"
  if [ "$(id -u)" = 0 ]; then
    chown -R "$trainyard:0" "${1%/*}"
  fi
}
secret "$root/database/password" database-password
secret "$root/callbacks/secret" callback-secret

for user in admin gateway trainer predictor; do
  folder=$root/$user
  mkdir -p "$folder"
  if [ ! -s "$folder/password" ]; then
    random > "$folder/password.new"
    mv "$folder/password.new" "$folder/password"
  fi
  password=$(cat "$folder/password")
  if [ "$user" = admin ]; then
    module=$modules.plain.PlainLoginModule
    # The broker's own users: the administrator by PLAIN, who sets the passwords of the others by SCRAM.
    cat > "$folder/broker.jaas" <<END
KafkaServer {
  $module required username="admin" password="$password" user_admin="$password";
  $modules.scram.ScramLoginModule required;
};
END
    cat > "$folder/client.properties" <<END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=$module required username="admin" password="$password";
END
  else
    module=$modules.scram.ScramLoginModule
  fi
  echo "$module required username=\"$user\" password=\"$password\";" > "$folder/jaas"
  chmod 750 "$folder"
  chmod 640 "$folder"/*
  if [ "$(id -u)" = 0 ]; then
    group=0
    if [ "$user" = admin ]; then group=$kafka; fi
    chown -R "$trainyard:$group" "$folder"
  fi
done
