# Sourced: find_kubernetes sets KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kubectl; "find_kubernetes nodes" to one that
# also has what nodes need: kube-controller-manager, kube-scheduler, kubelet and pause.tar, which only a build has. Taken in this order:
#   1. what KUBEBUILDER_ASSETS names already
#   2. this user's cache
#   3. the release of envtest binaries on GitHub, where that can be reached
#   4. built from source by Go (src/testkit/kube), which needs nothing but the Go module proxy
. "$(dirname "${BASH_SOURCE[0]}")/oci.sh"

KUBE_SOURCE=$RINGLIFT_ROOT/src/testkit/kube
ENVTEST_VERSION=1.34.1
ENVTEST_URL=${RINGLIFT_ENVTEST_URL:-https://github.com/kubernetes-sigs/controller-tools/releases/download}
ENVTEST_SHA512_amd64=c5e7c237ae18a8c65d0df1214b864ecd19aa9ff4f1383dbd477c202546d778c0f74efe15750ec38f57d8de26ba17cd62f404446cdd3c975399a5d4589de35cdd
ENVTEST_SHA512_arm64=bf13d2456183e66d084e28e1c9eed6a408fb77a06d8d1fd0461a7d9bc0c90b63d29ea67870b28f80d1f992acb026007d6f43987753c859c81d6a78bc1ca2c903

find_kubernetes() { # [nodes]
  local nodes=${1:-}
  if [ -n "${KUBEBUILDER_ASSETS:-}" ] && [ -z "${kube_found:-}" ]; then
    kube_complete "$KUBEBUILDER_ASSETS" ||
      die "KUBEBUILDER_ASSETS is $KUBEBUILDER_ASSETS, which lacks one of kube-apiserver, etcd and kubectl: put them there, or unset it."
    [ -z "$nodes" ] || kube_nodes_complete "$KUBEBUILDER_ASSETS" ||
      die "KUBEBUILDER_ASSETS is $KUBEBUILDER_ASSETS, which has nothing for nodes: unset it, and what they need is built."
    return
  fi
  local api whole downloaded folder
  api=$RINGLIFT_CACHE/kube/$(kube_version)-$(cat "$KUBE_SOURCE"/*.go "$KUBE_SOURCE"/go.* | sha256sum | cut -c1-12)
  whole=$RINGLIFT_CACHE/kube/$(kube_version)-nodes-$(cat "$KUBE_SOURCE"/*.go "$KUBE_SOURCE"/*/*.go "$KUBE_SOURCE"/go.* | sha256sum | cut -c1-12)
  downloaded=$RINGLIFT_CACHE/kube/envtest-$ENVTEST_VERSION
  if [ -n "$nodes" ]; then
    kube_nodes_complete "$whole" || with_lock kube kube_prepare_nodes "$whole" || exit 1
  elif ! kube_complete "$whole" && ! kube_complete "$api" && ! kube_complete "$downloaded"; then
    with_lock kube kube_prepare "$api" "$downloaded" || exit 1
  fi
  for folder in "$downloaded" "$api" "$whole"; do
    if kube_complete "$folder"; then export KUBEBUILDER_ASSETS=$folder kube_found=1; fi
  done
  [ -n "${KUBEBUILDER_ASSETS:-}" ] || die "the Kubernetes API server could not be put into $RINGLIFT_CACHE/kube."
}

kube_complete() { [ -x "$1/kube-apiserver" ] && [ -x "$1/etcd" ] && [ -x "$1/kubectl" ]; }

kube_nodes_complete() {
  kube_complete "$1" && [ -x "$1/kube-controller-manager" ] && [ -x "$1/kube-scheduler" ] && [ -x "$1/kubelet" ] && [ -e "$1/pause.tar" ]
}

# Says why this machine can't run nodes; says nothing where it can.
kube_nodes_missing() {
  local tool
  [ "$(uname -s)" = Linux ] || { echo "nodes need Linux"; return; }
  [ "$(id -u)" = 0 ] || { echo "nodes need root"; return; }
  if ! command -v containerd >/dev/null || ! command -v runc >/dev/null; then
    install_packages containerd runc || { echo "nodes need containerd and runc (on Debian: apt-get install containerd runc)"; return; }
  fi
  for tool in ctr unshare; do
    command -v $tool >/dev/null || { echo "nodes need $tool"; return; }
  done
  unshare --mount --propagation=private --pid --fork --mount-proc sh -c 'mount -t tmpfs none /srv' 2>/dev/null ||
    { echo "this machine lets root make no mounts in a namespace of its own, which nodes need"; return; }
  kube_cgroups || echo "this machine lets root make no control groups with limits of memory, which nodes need"
}

kube_cgroups() {
  local folder=/sys/fs/cgroup/memory controller missing='' try
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # version 2
    folder=/sys/fs/cgroup
    grep -qw memory $folder/cgroup.controllers || return 1
    # a kubelet does not start in a group that lacks one of these, where the root has it
    for controller in cpu cpuset memory hugetlb pids; do
      if grep -qw $controller $folder/cgroup.controllers && ! grep -qw $controller $folder/cgroup.subtree_control; then
        missing+="+$controller "
      fi
    done
    [ -z "$missing" ] || kube_delegate $folder "$missing" || return 1
  fi
  try=$folder/ringlift-try-$$
  mkdir "$try" 2>/dev/null && rmdir "$try"
}

# In a container the root is an ordinary group, which may have processes or share out memory, and not both.
kube_delegate() { # FOLDER CONTROLLERS
  local try process processes
  for try in 1 2 3; do
    { echo "$2" >"$1/cgroup.subtree_control"; } 2>/dev/null && return
    [ -e "$1/cgroup.type" ] && mkdir -p "$1/ringlift-processes" 2>/dev/null || return 1
    # read before any is moved, which changes the list; those that begin meanwhile are for the next try
    mapfile -t processes <"$1/cgroup.procs"
    for process in "${processes[@]}"; do
      { echo "$process" >"$1/ringlift-processes/cgroup.procs"; } 2>/dev/null || true # it has ended
    done
  done
  { echo "$2" >"$1/cgroup.subtree_control"; } 2>/dev/null
}

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

kube_prepare_nodes() { # FOLDER; with the lock held
  kube_nodes_complete "$1" || kube_build "$1" cluster
}

kube_build() ( # FOLDER [TAG]
  tag=${2:-}
  command -v go >/dev/null && minor=$(GOTOOLCHAIN=local go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p') && [ "${minor:-0}" -ge 24 ] ||
    die "no Kubernetes API server: set KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kubectl, or install Go 1.24 or later to build them."
  version=$(kube_version)
  IFS=. read -r major minor _ <<<"${version#v}"
  package=k8s.io/component-base/version # without these the server calls itself v0.0.0-master
  flags="-s -w -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
  work=$(kube_workplace "$1")
  mkdir "$work/assets"
  say "building a Kubernetes ${tag:-API server} ($version) by Go, once: 3 to ${tag:+1}8 minutes; it goes to $1"
  export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=
  cd "$KUBE_SOURCE"
  start=$SECONDS
  : >"$work/log"
  kube_progress $BASHPID "$work/log" &
  progress=$!
  trap 'kill "$progress" 2>/dev/null; rm -rf "$work"' EXIT
  go build -v -mod=readonly -trimpath -buildvcs=false -ldflags "$flags" -tags "$tag" -o "$work/assets/kube" . 2>"$work/log" || {
    tail -n 12 "$work/log" >&2
    die "Go could not build the API server (see above); it needs the Go module proxy ($(go env GOPROXY)) and 4 GB of disk."
  }
  for name in kube-apiserver etcd kubectl ${tag:+kube-controller-manager kube-scheduler kubelet}; do ln -s kube "$work/assets/$name"; done
  if [ -n "$tag" ]; then
    mkdir "$work/pause"
    go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o "$work/pause/pause" ./pause
    oci_image "$work/assets/pause.tar" localhost/pause:1 '["/pause"]' "$work/pause"
  fi
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
