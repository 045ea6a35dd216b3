#!/bin/sh
# Pairs agents with a registry through the command line, once each: a code, a request, its approval.
#   join.sh REGISTRY_URL REGISTRY_DATA NAME=DATA…
set -eu
url=$1 registry=$2
shift 2

pair() {
  name=$1 data=$2
  if [ -f "$data/keys/device.json" ]; then
    echo "$name has joined before"
    return
  fi
  code=$(weft code --json --data "$registry" | sed -n 's/.*"code" *: *"\([0-9]*\)".*/\1/p')
  [ -n "$code" ] || { echo "the registry gave no code" >&2; return 1; }
  weft pair "$code" --registry "$url" --name "$name" --data "$data" &
  request=$!
  tries=0
  until weft approve "$name" --data "$registry" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 30 ] || ! kill -0 "$request" 2>/dev/null; then
      wait "$request" || true
      echo "$name could not be paired" >&2
      return 1
    fi
    sleep 1
  done
  wait "$request"
}

for agent in "$@"; do
  pair "${agent%%=*}" "${agent#*=}"
done
