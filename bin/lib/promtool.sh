# Sourced: find_promtool sets RINGLIFT_PROMTOOL to Prometheus' checker of rules: the one that is named already, or on the PATH, or
# that of Debian's package prometheus, unpacked into this user's cache. The package is not installed, since that would start a server.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

find_promtool() {
  if [ -n "${RINGLIFT_PROMTOOL:-}" ]; then
    [ -x "$RINGLIFT_PROMTOOL" ] || die "RINGLIFT_PROMTOOL is $RINGLIFT_PROMTOOL, which is no executable: name one, or unset it."
    return
  fi
  RINGLIFT_PROMTOOL=$(command -v promtool) || {
    RINGLIFT_PROMTOOL=$RINGLIFT_CACHE/prometheus/promtool
    [ -x "$RINGLIFT_PROMTOOL" ] || with_lock prometheus promtool_unpack "$RINGLIFT_PROMTOOL" ||
      die "promtool is missing: install it (on Debian: apt-get install prometheus), or set RINGLIFT_PROMTOOL to it."
  }
  export RINGLIFT_PROMTOOL
}

promtool_unpack() ( # FILE; with the lock held
  [ ! -x "$1" ] || exit 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || exit 1
  folder=$(dirname "$1")
  mkdir -p "$folder"
  work=$(mktemp -d "$folder/.work-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  say "unpacking promtool from Debian's package prometheus into $folder"
  # a machine that has never asked its mirrors for lists knows no packages
  apt-get download -qq prometheus 2>/dev/null >&2 || { [ "$(id -u)" = 0 ] && apt-get update -qq >&2 && apt-get download -qq prometheus >&2; } || exit 1
  dpkg-deb --extract prometheus_*.deb "$work"
  "$work/usr/bin/promtool" --version >/dev/null
  mv "$work/usr/bin/promtool" "$1"
)
