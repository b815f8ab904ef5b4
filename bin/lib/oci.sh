# Sourced: OCI image archives (image-spec 1.0) from folders, by GNU tar, gzip and sha256sum alone. The same folders give the same bytes.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

OCI_TIME='2026-01-01 00:00:00Z' # of every file: that of the jars (project.build.outputTimestamp)

oci_same_time() { # FOLDER
  find "$1" -exec touch --no-dereference --date="$OCI_TIME" {} +
}

oci_tar() { # FOLDER NAME...: to standard output
  local folder=$1
  shift
  tar --create --directory="$folder" --format=gnu --sort=name --mtime="$OCI_TIME" --owner=0 --group=0 --numeric-owner "$@"
}

oci_blob() { # LAYOUT FILE: moves the file to where its digest says, and prints "sha256:… SIZE"
  local digest size
  digest=$(sha256sum <"$2" | cut -d ' ' -f 1)
  size=$(stat --format=%s "$2")
  mkdir -p "$1/blobs/sha256"
  mv "$2" "$1/blobs/sha256/$digest"
  echo "sha256:$digest $size"
}

oci_image() { # ARCHIVE NAME:TAG ENTRYPOINT FOLDER...: an image with a layer for each folder; the entry point is a list in JSON
  local archive=$1 name=$2 entrypoint=$3 layout layers='' differences='' folder blob digest size config
  shift 3
  layout=$(mktemp -d)
  for folder in "$@"; do
    # shellcheck disable=SC2046 # the names at the top of a root folder have no spaces
    oci_tar "$folder" $(ls -A "$folder") >"$layout/layer"
    differences+=${differences:+,}\"sha256:$(sha256sum <"$layout/layer" | cut -d ' ' -f 1)\"
    gzip -n -6 "$layout/layer"
    read -r digest size <<<"$(oci_blob "$layout" "$layout/layer.gz")"
    layers+=${layers:+,}"{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"$digest\",\"size\":$size}"
  done
  cat >"$layout/config" <<JSON
{"created":"${OCI_TIME/ /T}","architecture":"$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')","os":"linux",
"config":{"User":"65532:65532","WorkingDir":"/tmp","Entrypoint":$entrypoint,
"Labels":{"org.opencontainers.image.title":"$(basename "${name%:*}")","org.opencontainers.image.version":"${name##*:}","org.opencontainers.image.licenses":"Apache-2.0"}},
"rootfs":{"type":"layers","diff_ids":[$differences]}}
JSON
  config=$(oci_blob "$layout" "$layout/config")
  cat >"$layout/manifest" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"${config% *}","size":${config#* }},
"layers":[$layers]}
JSON
  blob=$(oci_blob "$layout" "$layout/manifest")
  # containerd takes the image's name from its own annotation
  cat >"$layout/index.json" <<JSON
{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${blob% *}","size":${blob#* },
"annotations":{"io.containerd.image.name":"$name","org.opencontainers.image.ref.name":"${name##*:}"}}]}
JSON
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  chmod -R u=rwX,go=rX "$layout"
  oci_tar "$layout" oci-layout index.json blobs >"$archive"
  rm -rf "$layout"
}
