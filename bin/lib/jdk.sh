# Sourced: finds a JDK 25 or later, and sets JAVA_HOME and PATH; or says in one sentence what is missing.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

jdk_release() { # JAVA_HOME: its major version, 0 if it is no JDK
  local version=
  if [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  fi
  echo "${version:-0}"
}

find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$home" ] && [ "$(jdk_release "$home")" -ge 25 ]; then
      echo "$home"
      return
    fi
  done
  return 1
}

JAVA_HOME=$(find_jdk) || die "Ringlift needs a JDK 25 or later: install one (on Debian e.g. temurin-25-jdk or openjdk-25-jdk-headless), or set JAVA_HOME to one."
export JAVA_HOME PATH="$JAVA_HOME/bin:$PATH"
command -v mvn >/dev/null || die "Maven 3.8 or later is missing: install it (on Debian: apt-get install maven)."
