# Sourced by the other scripts: where things are, and how they speak.
RINGLIFT_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RINGLIFT_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ringlift

say() { printf '%s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# Runs a command while holding a lock of that name in the cache, so that two scripts at once don't prepare the same thing twice.
with_lock() { # NAME COMMAND...
  local lock=$RINGLIFT_CACHE/$1.lock
  shift
  mkdir -p "$RINGLIFT_CACHE"
  (
    if command -v flock >/dev/null; then
      flock --nonblock 9 || { say "waiting for another script that prepares the same ($lock)"; flock 9; }
    fi
    "$@" 9>&-
  ) 9>"$lock"
}

# Installs Debian packages where that can be done without asking; fails where not.
install_packages() { # PACKAGE...
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  say "installing $*"
  # a machine that has never asked its mirrors for lists knows no packages
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null ||
    { apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null; }
}
