# Sourced: find_swift sets RINGLIFT_SWIFT_PYTHON to a Python that has the release of OpenStack Swift that Ringlift is tested
# with (RINGLIFT_SWIFT_VERSION names another): the one that is named already, or one in this user's cache, made when it is first needed.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

SWIFT_VERSION=${RINGLIFT_SWIFT_VERSION:-2.38.3}
SWIFT_CONSTRAINTS=$RINGLIFT_ROOT/src/testkit/swift-constraints.txt

find_swift() {
  if [ -n "${RINGLIFT_SWIFT_PYTHON:-}" ]; then
    swift_works "$RINGLIFT_SWIFT_PYTHON" ||
      die "RINGLIFT_SWIFT_PYTHON is $RINGLIFT_SWIFT_PYTHON, which has no working Swift $SWIFT_VERSION: install it there, or unset it."
    return
  fi
  local python folder
  python=$(swift_system_python)
  folder=$RINGLIFT_CACHE/swift/$SWIFT_VERSION-$("$python" -c 'import sys; print("py%d.%d" % sys.version_info[:2])')-$(sha256sum "$SWIFT_CONSTRAINTS" | cut -c1-12)
  if [ ! -e "$folder/complete" ] || ! swift_works "$folder/bin/python"; then
    with_lock swift swift_install "$python" "$folder" || exit 1
  fi
  export RINGLIFT_SWIFT_PYTHON=$folder/bin/python
}

swift_works() { # PYTHON
  [ "$("$1" -c 'import swift, swift.obj.diskfile, pyeclib.ec_iface, xattr; print(swift.__version__)' 2>/dev/null)" = "$SWIFT_VERSION" ]
}

swift_system_python() {
  command -v python3 >/dev/null || install_packages python3 python3-venv ||
    die "Python 3.10 or later is missing: install it (on Debian: apt-get install python3 python3-venv)."
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || die "Swift's tests need Python 3.10 or later; this is $(python3 --version)."
  command -v python3
}

swift_install() { # PYTHON FOLDER; with the lock held
  [ ! -e "$2/complete" ] || ! swift_works "$2/bin/python" || return 0
  say "installing OpenStack Swift $SWIFT_VERSION into $2"
  rm -rf "$2"
  mkdir -p "$(dirname "$2")"
  if ! "$1" -m venv "$2" >/dev/null 2>&1; then
    install_packages python3-venv && rm -rf "$2" && "$1" -m venv "$2" ||
      die "Python cannot make virtual environments: install that (on Debian: apt-get install python3-venv)."
  fi
  if ! swift_pip "$2"; then
    # no ready-made pyeclib or xattr for this Python: they are compiled
    install_packages liberasurecode-dev gcc libc6-dev libffi-dev python3-dev && swift_pip "$2" ||
      die "pip could not install Swift $SWIFT_VERSION (see above). Where it had to compile: on Debian, apt-get install liberasurecode-dev gcc libc6-dev libffi-dev python3-dev."
  fi
  swift_works "$2/bin/python" ||
    die "Swift $SWIFT_VERSION was installed but does not load: $("$2/bin/python" -c 'import swift.obj.diskfile, pyeclib.ec_iface' 2>&1 | tail -n 1); on Debian, apt-get install liberasurecode1."
  touch "$2/complete"
}

swift_pip() { # VENV
  "$1/bin/pip" install --quiet --disable-pip-version-check --constraint "$SWIFT_CONSTRAINTS" "swift==$SWIFT_VERSION" >&2
}
