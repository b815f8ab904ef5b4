#!/usr/bin/env bash
# A node: containerd and kubelet in PID and mount namespaces of their own (unshare), so that killing the first process is pulling the
# plug: every process goes, every mount goes.
#   machine.sh NAME PLACE KUBELET IMAGE...
# In PLACE: kubelet.yaml, kubelet.kubeconfig, containerd.toml; srv-node, sites and var-cache-swift, which the node has as
# /srv/node, /srv/sites and /var/cache/swift.
set -euo pipefail
name=$1 folder=$2 kubelet=$3
shift 3
mount --make-rshared /
# covered, so that nothing of it is seen outside
mount -t tmpfs none /srv
mount -t tmpfs none /var/cache
mount -t tmpfs none /run
mount -t tmpfs none /mnt
mkdir -p /srv/node /srv/sites /var/cache/swift /mnt/kubelet "$folder"/{containerd,kubelet,pod-logs}
mount --bind "$folder/srv-node" /srv/node
mount --bind "$folder/sites" /srv/sites
mount --bind "$folder/var-cache-swift" /var/cache/swift
# by a short way: the paths of sockets have at most 107 characters
mount --bind "$folder/kubelet" /mnt/kubelet

# a cgroup root for the node in every hierarchy of version 1, or in the only one of version 2
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p "/sys/fs/cgroup/kube-$name"
else
  for hierarchy in /sys/fs/cgroup/*/; do
    mkdir -p "$hierarchy/kube-$name" 2>/dev/null || continue
    for file in cpuset.cpus cpuset.mems; do
      if [ -e "$hierarchy/kube-$name/$file" ]; then cat "$hierarchy/$file" >"$hierarchy/kube-$name/$file"; fi
    done
  done
fi

socket=/run/containerd/containerd.sock
containerd --config "$folder/containerd.toml" &
for ((i = 0; i < 600; i++)); do
  if ctr --address "$socket" version >/dev/null 2>&1; then break; fi
  sleep 0.1
done
# a node that was switched off has them still
if [ ! -e "$folder/images-imported" ]; then
  for image in "$@"; do
    ctr --address "$socket" --namespace k8s.io images import "$image" >/dev/null
  done
  touch "$folder/images-imported"
fi
echo "machine $name: images are there"
# the addresses of a node are left to a cloud provider, since a kubelet refuses those of the loopback network
"$kubelet" --config="$folder/kubelet.yaml" --kubeconfig="$folder/kubelet.kubeconfig" --root-dir=/mnt/kubelet \
  --cert-dir=/mnt/kubelet/pki --hostname-override="$name" --cloud-provider=external &
# this process stays, to reap what is orphaned; a node whose containerd or kubelet has ended is none
wait -n
echo "machine $name: containerd or kubelet has ended" >&2
