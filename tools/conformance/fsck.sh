#!/bin/sh
# Runs Tessera's fsck, the checker of another implementation, over trails of ours: each must be a correct C2SP
# tlog-tiles log. Then a changed byte and a removed tile must each be refused, so that a pass means something.
#
#   tools/conformance/fsck.sh [SIZE...]
#
# Needs Go, or FSCK=/path/to/fsck. Without either it says so and passes over. Nothing is installed in the repository.
set -eu

version=v1.0.4
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH="$root/node_modules/.bin:$PATH"
cache="${XDG_CACHE_HOME:-${TMPDIR:-/tmp}}/trailproof-conformance"
fsck="${FSCK:-$cache/fsck}"

if [ ! -x "$fsck" ]; then
  if ! command -v go >/dev/null; then
    echo "passed over: neither Go nor FSCK=/path/to/fsck is there"
    exit 0
  fi
  mkdir -p "$cache"
  echo "installing Tessera's fsck $version into $cache"
  if ! GOBIN="$cache" GOFLAGS=-modcacherw timeout 600 \
    go install "github.com/transparency-dev/tessera/cmd/fsck@$version" 2>"$cache/install.log"; then
    echo "passed over: Tessera's fsck could not be installed, see $cache/install.log"
    exit 0
  fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fsck waits for ever on some corrupt bundles, hence the time limit.
check() {
  timeout 120 "$fsck" --ui=false --public_key="$work/$1/log.vkey" --storage_url="file://$work/$1/trail/" \
    >"$work/$1.log" 2>&1
}

failed=0
[ $# -gt 0 ] || set -- 0 1 2 255 256 257 512 65800 70000
for size in "$@"; do
  node "$root/tools/conformance/write-trail.ts" "$work/$size" "$size"
  if check "$size"; then
    echo "ok: $size entries: $(sed -n 's/.*root \([^ ]*\).*/\1/p' "$work/$size.log" | tail -1)"
  else
    echo "FAILED: $size entries"
    tail -5 "$work/$size.log"
    failed=1
  fi
done

node "$root/tools/conformance/write-trail.ts" "$work/changed" 600
printf X | dd of="$work/changed/trail/tile/0/001" bs=1 seek=77 conv=notrunc 2>/dev/null
node "$root/tools/conformance/write-trail.ts" "$work/removed" 600
rm "$work/removed/trail/tile/0/001"
for broken in changed removed; do
  if check "$broken"; then
    echo "FAILED: a trail with a tile $broken was taken for sound"
    failed=1
  else
    echo "ok: a trail with a tile $broken is refused"
  fi
done
exit "$failed"
