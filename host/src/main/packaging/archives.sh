#!/bin/sh
# Writes the class archives of a distribution for one JVM, which halve the time of a start: archives.sh DISTRIBUTION
# One start and stop is the training; an edge host has an archive of its own. They are optional: without one a start is slower.
set -eu
weft=$1/bin/weft
training=$(mktemp -d)
trap 'rm -rf "$training"' EXIT
WEFT_ARCHIVE=1 "$weft" run --check --port 0 --data "$training/host" >/dev/null 2>&1 || true
WEFT_ARCHIVE=1 "$weft" run --check --profile edge --data "$training/edge" >/dev/null 2>&1 || true
