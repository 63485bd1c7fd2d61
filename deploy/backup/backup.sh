#!/usr/bin/env bash
# Stores PostgreSQL's data and the artifacts of a running platform in a new folder; docs/backup.md says what is in it.
#   backup.sh DATABASE ARTIFACTS FOLDER
# DATABASE is a libpq connection string such as postgresql://trainyard@db.example.org/trainyard; a password comes from
# PGPASSFILE or PGPASSWORD. ARTIFACTS is the artifact folder, or s3://BUCKET/PREFIX, which is copied with the command aws.
# FOLDER must not exist.
set -euo pipefail
umask 077

fail() {
    echo "backup: $*" >&2
    exit 1
}

(($# == 3)) || fail "usage: backup.sh DATABASE ARTIFACTS FOLDER"
database=$1 artifacts=$2 folder=$3
[[ ! -e "$folder" ]] || fail "$folder exists; choose a folder that does not"
for command in pg_dump psql sha256sum; do
    command -v "$command" >/dev/null || fail "$command was not found; install PostgreSQL's client programs, of the server's version or newer"
done
case $artifacts in
s3://*) command -v aws >/dev/null || fail "the command aws was not found, which copies from $artifacts" ;;
*) [[ -d "$artifacts" ]] || fail "there is no artifact folder $artifacts" ;;
esac

# Under another name until it is complete, so that a backup that was interrupted is not taken for one.
part=$folder.part
rm -rf "$part"
mkdir -p "$part/artifacts"

# The database first: a file is stored before the row that names it, so that the copy has the files of all rows of the dump.
pg_dump --format=custom --no-owner --no-privileges --file="$part/database.dump" --dbname="$database"
psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$database" \
    --command="select (onnx ->> 'sha256') || '  ' || (onnx ->> 'path') from model_version where deleted_at is null order by 1" \
    >"$part/models.sha256"

case $artifacts in
s3://*) aws s3 sync --only-show-errors "$artifacts" "$part/artifacts" ;;
# a file that is deleted meanwhile, such as an old checkpoint, is left out; the check below finds one that is needed
*) (cd "$artifacts" && tar --create --ignore-failed-read --warning=no-file-removed --warning=no-file-changed --file=- .) |
    tar --extract --directory="$part/artifacts" --file=- ;;
esac

if [[ -s "$part/models.sha256" ]]; then
    (cd "$part/artifacts" && sha256sum --check --quiet --strict ../models.sha256) ||
        fail "the copy lacks files of models, or they are damaged; see the lines above. $part is incomplete"
fi
date -u +%Y-%m-%dT%H:%M:%SZ >"$part/created"
mv "$part" "$folder"
echo "Backup in $folder: $(wc -l <"$folder/models.sha256") model versions, $(du -sh "$folder" | cut -f1)."
