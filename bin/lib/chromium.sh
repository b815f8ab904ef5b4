# Sourced: find_chromium sets RINGLIFT_CHROMIUM to the executable of a Chromium, in which tests look at the status page: the one
# that is named already, or on the PATH, or installed when it is first needed.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

find_chromium() {
  if [ -n "${RINGLIFT_CHROMIUM:-}" ]; then
    [ -x "$RINGLIFT_CHROMIUM" ] || die "RINGLIFT_CHROMIUM is $RINGLIFT_CHROMIUM, which is no executable: name one, or unset it."
    return
  fi
  chromium_on_path || install_packages chromium && chromium_on_path ||
    die "Chromium is missing: install it (on Debian: apt-get install chromium), or set RINGLIFT_CHROMIUM to its executable."
  export RINGLIFT_CHROMIUM
}

chromium_on_path() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    RINGLIFT_CHROMIUM=$(command -v "$name") && return
  done
  return 1
}
