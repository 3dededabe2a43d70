#!/bin/sh
# Make one archive of the committed source and all wheels, for a machine without any network: make bundle
# $1: python of the environment; $2: another Python version that the target has, as 3.12 (default: this one's)
set -eu
python=$1
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
target=${2:-$version}
number=$("$python" -c 'from dispatch.cli.tree import VERSION; print(VERSION)')
commit=$(git rev-parse --short=8 HEAD) || { echo "make bundle needs the git checkout" >&2; exit 1; }
test -z "$(git status --porcelain)" || echo "note: what is not committed is not in the bundle" >&2
name=dispatch-$number-$commit-py$target-$(uname -m)
work=var/bundle/$name
rm -rf "$work"
mkdir -p "$work/source" "$work/wheels" dist
echo "== source of $commit"
git archive HEAD | tar -x -C "$work/source"
echo "== wheels for Python $target"
set -- --disable-pip-version-check --require-hashes --only-binary :all: --no-deps -q -d "$work/wheels"
test "$target" = "$version" || set -- "$@" --python-version "$target"
"$python" -m pip download "$@" -r "$work/source/requirements/run.lock"
cp deploy/install.sh "$work/install.sh"
printf '%s\n' "$target" > "$work/python-version"
printf '%s\n' "$number-$commit" > "$work/version"
(cd "$work" && find . -type f ! -name SHA256SUMS -print0 | LC_ALL=C sort -z | xargs -0 sha256sum > SHA256SUMS)
echo "== archive"
tar -C var/bundle -czf "dist/$name.tar.gz" "$name"
rm -rf "$work"
ls -sh "dist/$name.tar.gz"
