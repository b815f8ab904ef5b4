# Sourced: find_kubernetes sets KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kubectl. Taken in this order:
#   1. what KUBEBUILDER_ASSETS names already
#   2. this user's cache
#   3. the release of envtest binaries on GitHub, where that can be reached
#   4. built from source by Go (src/testkit/kube), which needs nothing but the Go module proxy
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

KUBE_SOURCE=$RINGLIFT_ROOT/src/testkit/kube
ENVTEST_VERSION=1.34.1
ENVTEST_URL=${RINGLIFT_ENVTEST_URL:-https://github.com/kubernetes-sigs/controller-tools/releases/download}
ENVTEST_SHA512_amd64=c5e7c237ae18a8c65d0df1214b864ecd19aa9ff4f1383dbd477c202546d778c0f74efe15750ec38f57d8de26ba17cd62f404446cdd3c975399a5d4589de35cdd
ENVTEST_SHA512_arm64=bf13d2456183e66d084e28e1c9eed6a408fb77a06d8d1fd0461a7d9bc0c90b63d29ea67870b28f80d1f992acb026007d6f43987753c859c81d6a78bc1ca2c903

find_kubernetes() {
  if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
    kube_complete "$KUBEBUILDER_ASSETS" ||
      die "KUBEBUILDER_ASSETS is $KUBEBUILDER_ASSETS, which lacks one of kube-apiserver, etcd and kubectl: put them there, or unset it."
    return
  fi
  local built downloaded folder
  built=$RINGLIFT_CACHE/kube/$(kube_version)-$(cat "$KUBE_SOURCE"/*.go "$KUBE_SOURCE"/go.* | sha256sum | cut -c1-12)
  downloaded=$RINGLIFT_CACHE/kube/envtest-$ENVTEST_VERSION
  if ! kube_complete "$built" && ! kube_complete "$downloaded"; then
    with_lock kube kube_prepare "$built" "$downloaded" || exit 1
  fi
  for folder in "$downloaded" "$built"; do
    if kube_complete "$folder"; then export KUBEBUILDER_ASSETS=$folder; fi
  done
  [ -n "${KUBEBUILDER_ASSETS:-}" ] || die "the Kubernetes API server could not be put into $RINGLIFT_CACHE/kube."
}

kube_complete() { [ -x "$1/kube-apiserver" ] && [ -x "$1/etcd" ] && [ -x "$1/kubectl" ]; }

kube_version() { sed -n 's/^[[:space:]]*k8s.io\/kubernetes \(v[^ ]*\).*/\1/p' "$KUBE_SOURCE/go.mod"; }

kube_prepare() { # BUILT DOWNLOADED; with the lock held: another script may have done it meanwhile
  kube_complete "$1" || kube_complete "$2" || kube_download "$2" || kube_build "$1"
}

# Fails, without many words, where GitHub can't be reached or is too slow to be of use.
kube_download() ( # FOLDER
  arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  sum=ENVTEST_SHA512_$arch
  [ "$(uname -s)" = Linux ] && [ -n "${!sum:-}" ] && command -v curl >/dev/null || exit 1
  name=envtest-v$ENVTEST_VERSION-linux-$arch.tar.gz
  url=$ENVTEST_URL/envtest-v$ENVTEST_VERSION/$name
  curl --connect-timeout 3 --max-time 10 -fsSLI -o /dev/null "$url" 2>/dev/null || exit 1
  work=$(kube_workplace "$1")
  trap 'rm -rf "$work"' EXIT
  say "downloading a Kubernetes API server: $url"
  curl --connect-timeout 3 --speed-limit 100000 --speed-time 20 -fSL --progress-bar -o "$work/$name" "$url" ||
    { say "that did not work"; exit 1; }
  echo "${!sum}  $work/$name" | sha512sum --check --status || { say "$url is not what it should be (sha512): not used"; exit 1; }
  mkdir "$work/assets"
  tar -xzf "$work/$name" -C "$work/assets" --strip-components=2
  kube_complete "$work/assets" || { say "$name holds no kube-apiserver, etcd and kubectl"; exit 1; }
  kube_publish "$work/assets" "$1"
)

kube_build() ( # FOLDER
  command -v go >/dev/null && minor=$(GOTOOLCHAIN=local go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p') && [ "${minor:-0}" -ge 24 ] ||
    die "no Kubernetes API server: set KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kubectl, or install Go 1.24 or later to build them."
  version=$(kube_version)
  IFS=. read -r major minor _ <<<"${version#v}"
  package=k8s.io/component-base/version # without these the server calls itself v0.0.0-master
  flags="-s -w -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
  work=$(kube_workplace "$1")
  mkdir "$work/assets"
  say "building a Kubernetes API server ($version) by Go, once: 3 to 8 minutes; it goes to $1"
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=
  cd "$KUBE_SOURCE"
  start=$SECONDS
  : >"$work/log"
  kube_progress $BASHPID "$work/log" &
  progress=$!
  trap 'kill "$progress" 2>/dev/null; rm -rf "$work"' EXIT
  go build -v -mod=readonly -trimpath -buildvcs=false -ldflags "$flags" -o "$work/assets/kube" . 2>"$work/log" || {
    tail -n 12 "$work/log" >&2
    die "Go could not build the API server (see above); it needs the Go module proxy ($(go env GOPROXY)) and 4 GB of disk."
  }
  for name in kube-apiserver etcd kubectl; do ln -s kube "$work/assets/$name"; done
  kube_publish "$work/assets" "$1" || exit 1
  say "  done after $((SECONDS - start)) s"
)

kube_progress() { # PID LOG: a line every 10 seconds, for as long as the process is there
  local start=$SECONDS
  while sleep 10 >/dev/null 2>&1 && [ -e "$2" ] && kill -0 "$1" 2>/dev/null; do
    say "  $((SECONDS - start)) s: $(grep -c '^go: downloading' "$2") modules downloaded, $(grep -vc '^go: ' "$2") packages compiled of about 2,200"
  done
}

kube_publish() { # NEW FOLDER: in one step, so that nobody sees half of it
  rm -rf "$2" && mv -T "$1" "$2"
}

kube_workplace() { # FOLDER: a new folder beside it, so that it can be moved there in one step
  mkdir -p "$(dirname "$1")"
  mktemp -d "$(dirname "$1")/.work-XXXXXX"
}
