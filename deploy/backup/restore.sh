#!/usr/bin/env bash
# Restores a backup of backup.sh into an empty database and an artifact store. Stop all services before.
#   restore.sh FOLDER DATABASE ARTIFACTS
# The arguments are as for backup.sh. Files that the store has already stay as they are.
set -euo pipefail
umask 077

fail() {
    echo "restore: $*" >&2
    exit 1
}

(($# == 3)) || fail "usage: restore.sh FOLDER DATABASE ARTIFACTS"
folder=$1 database=$2 artifacts=$3
[[ -f "$folder/created" ]] || fail "$folder is no complete backup: it has no file 'created'"
for command in pg_restore psql sha256sum; do
    command -v "$command" >/dev/null || fail "$command was not found; install PostgreSQL's client programs, of the server's version or newer"
done

query() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$database" --command="$1"
}
tables="$(query "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'")"
((tables == 0)) || fail "the database has $tables tables. Restore into an empty one: create a new database, or drop this one if its data may be lost"

if [[ -s "$folder/models.sha256" ]]; then
    (cd "$folder/artifacts" && sha256sum --check --quiet --strict ../models.sha256) ||
        fail "the backup is damaged; see the lines above. Nothing was changed"
fi

# Artifacts first, so that no row ever names a file that is missing.
case $artifacts in
s3://*) aws s3 sync --only-show-errors --size-only "$folder/artifacts" "$artifacts" ;;
*)
    mkdir -p "$artifacts"
    (cd "$folder/artifacts" && tar --create --file=- .) | tar --extract --skip-old-files --directory="$artifacts" --file=-
    ;;
esac
pg_restore --single-transaction --exit-on-error --no-owner --no-privileges --dbname="$database" "$folder/database.dump"
echo "Restored the state of $(cat "$folder/created"): $(query 'select count(*) from job') jobs, $(query 'select count(*) from model_version') model versions."
