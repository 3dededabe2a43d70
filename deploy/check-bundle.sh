#!/bin/sh
# Show that a bundle installs and starts where there is no network at all: make bundle-check
# In a network namespace with the loopback alone: install, upgrade, demo data, server, a few answers.
set -eu
bundle=$(ls -t dist/dispatch-*.tar.gz | head -1)
if [ "${1:-}" != inside ]; then
  test "$(id -u)" = 0 && user= || user=--map-root-user
  exec unshare $user --net -- "$0" inside
fi
ip link set lo up
test -z "$(ip route show)" || { echo "there is a route: this shows nothing" >&2; exit 1; }
place=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$place"' EXIT
server=
tar -C "$place" -xzf "$bundle"
"$place"/dispatch-*/install.sh "$place/opt"
cd "$place/opt/current"
export DISPATCH_VAR_DIR="$place/var" NUMBA_CACHE_DIR="$place/var/numba" PATH="$place/opt/current/.venv/bin:$PATH"
dispatch db upgrade
dispatch demo --port 8009 > "$place/demo.log" 2>&1 &
server=$!
for _ in $(seq 400); do grep -q '^ready' "$place/demo.log" && break; kill -0 $server || break; sleep 1; done
grep '^ready' "$place/demo.log" || { cat "$place/demo.log" >&2; exit 1; }
ask() { python -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).status, sys.argv[1])' "http://127.0.0.1:8009$1"; }
ask /readyz
ask /metrics
ask /docs
ask /openapi.json
ask "/v1/services?near=117.2,39.1&crs=wgs84&within=30min"
export DISPATCH_NETWORK=seed
run=$(dispatch coverage run --area 120198 --service meals --json | python -c 'import json, sys; print(json.load(sys.stdin)["id"])')
for lang in zh en; do dispatch coverage report "$run" --lang $lang --out "$place/$lang.pdf"; done
test "$(head -c 5 "$place/zh.pdf")" = %PDF- || { echo "the report is no PDF" >&2; exit 1; }
find "$place/opt/current/.venv" -path '*notosanssc/OFL.txt' | grep -q . || { echo "the font came without its licence" >&2; exit 1; }
echo "the bundle installs and starts without a network"
