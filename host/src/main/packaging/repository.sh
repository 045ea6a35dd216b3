#!/bin/sh
# Publishes the skills that ship into a repository of their own: repository.sh DISTRIBUTION TARGET
# It is signed with the key file in WEFT_REPOSITORY_KEY; without one with a key that nobody keeps: good to try, not to trust.
set -eu
weft=$1/bin/weft
target=$2
rm -rf "$target"
mkdir -p "$target"
key=${WEFT_REPOSITORY_KEY:-}
if [ -z "$key" ]; then
  key=$target/build.key
  trap 'rm -f "$target/build.key" "$target/build.key.pub"' EXIT
  "$weft" publisher new dev.weft --sign "$key" >/dev/null
  echo "repository of skills: signed with a key of this build alone; set WEFT_REPOSITORY_KEY for a release"
fi
# The same sources and key give the same bytes: the time is that of the last change.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
fi
export SOURCE_DATE_EPOCH
place="--repository $target/skills --owner $key --days 365"
"$weft" repository init "$target/skills" --name weft --owner "$key" --days 365
# shellcheck disable=SC2086
"$weft" publisher grant dev.weft.skill "$key" $place
# shellcheck disable=SC2086
"$weft" skill publish "$1"/skills/*.jar --snapshots --sign "$key" $place
