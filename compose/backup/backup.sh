#!/bin/bash
# Copies all stores of one authority as at one moment, checks the copies, and removes old ones.
#
#   backup.sh 880.env
#
# The programs stand still while they are copied (`docker compose pause`): registers and enforcement read each other, and a
# reader's position must never be ahead of the writer's copy. A copy that does not pass SQLite's check ends with 1, and
# the old ones stay.
set -euo pipefail
folder=$(cd "$(dirname "$0")/.." && pwd)
variables=$(realpath "${1:?which file of variables}")
set -a
# shellcheck disable=SC1090
. <(grep -E '^(AUTHORITY|STATE|BACKUPS|BACKUP_DAYS)=' "$variables")
set +a
[[ $AUTHORITY =~ ^[0-9]{3}$ && ${BACKUP_DAYS:-35} =~ ^[0-9]+$ ]] || { echo "AUTHORITY and BACKUP_DAYS are numbers" >&2; exit 78; }
compose() { docker compose --file "$folder/compose.yaml" --env-file "$variables" --project-name "esd-$AUTHORITY" --profile authority "$@"; }
mapfile -t programs < <(python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import plan; print("\n".join(plan.backup_order()))' "$folder/lib")

umask 077
target=$BACKUPS/$AUTHORITY/$(date --utc +%Y-%m-%dT%H%M%SZ)
mkdir -p "$target.part"
paused=
end() { [ -z "$paused" ] || compose unpause "${programs[@]}"; rm -rf "$target.part"; }
trap end EXIT
trap 'exit 130' INT TERM HUP

began=$SECONDS
paused=yes
compose pause "${programs[@]}"
for program in "${programs[@]}"; do
  timeout 1800 sqlite3 -readonly "$STATE/$AUTHORITY/$program/$program.sqlite" "VACUUM INTO '$target.part/$program.sqlite'"
done
compose unpause "${programs[@]}"
paused=
stood=$((SECONDS - began))

for program in "${programs[@]}"; do
  answer=$(sqlite3 -readonly "$target.part/$program.sqlite" "PRAGMA integrity_check")
  [ "$answer" = ok ] || { echo "the copy of $program is not sound" >&2; exit 1; }
done
(cd "$target.part" && sha256sum ./*.sqlite >SHA256SUMS)
mv "$target.part" "$target"
find "$BACKUPS/$AUTHORITY" -mindepth 1 -maxdepth 1 -type d -name '????-??-??T*Z' -mtime "+${BACKUP_DAYS:-35}" -exec rm -rf {} +
echo "$target: ${#programs[@]} stores, the programs stood still for $stood s, $(du -sh "$target" | cut -f1)"
