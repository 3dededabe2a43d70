#!/bin/sh
# Install from this unpacked bundle, with no network: ./install.sh [FOLDER, default /opt/dispatch]
# Each version stands in a folder of its own; `current` points to the newest, and back again for a return.
set -eu
cd "$(dirname "$0")"
folder=${1:-/opt/dispatch}
python=${PYTHON:-python$(cat python-version)}
version=$(cat version)
echo "== checking the files"
sha256sum --quiet -c SHA256SUMS || { echo "the bundle is damaged: copy it again" >&2; exit 1; }
"$python" -c 'import sys, venv, ensurepip; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$(cat python-version)" || {
  echo "this bundle is for Python $(cat python-version) with its venv module (Debian: python3-venv); another one: PYTHON=/path/to/python ./install.sh" >&2
  exit 1
}
place=$folder/$version
test ! -e "$place" || { echo "$place is there already: remove it or use it" >&2; exit 1; }
mkdir -p "$folder"
trap 'rm -rf "$place"' EXIT
echo "== $place"
cp -R source "$place"
"$python" -m venv "$place/.venv"
"$place/.venv/bin/python" -m pip install -q --disable-pip-version-check --no-index --find-links wheels --require-hashes -r source/requirements/run.lock
"$place/.venv/bin/python" -c 'import os, sysconfig, sys; open(os.path.join(sysconfig.get_path("purelib"), "dispatch.pth"), "w").write(sys.argv[1] + "\n")' "$(cd "$place" && pwd)"
printf '#!%s\nfrom dispatch.app import main\nmain()\n' "$(cd "$place" && pwd)/.venv/bin/python" > "$place/.venv/bin/dispatch"
chmod +x "$place/.venv/bin/dispatch"
"$place/.venv/bin/dispatch" --version
trap - EXIT
ln -sfn "$version" "$folder/current"
echo "installed. Next: the settings, then $folder/current/.venv/bin/dispatch db upgrade (docs/deployers.md)"
