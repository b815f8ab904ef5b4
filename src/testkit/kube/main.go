// kube is a real Kubernetes API server, etcd and kubectl in one binary, for tests and the demo on
// machines that can reach the Go module proxy but no release downloads.
//
// It acts by the name it is called by (links named kube-apiserver, etcd, kubectl), or by its first
// argument (kube apiserver ...). Only the chosen component's command is constructed, so that the flags
// and feature gates of the others are not touched.
//
// The build tag "cluster" adds kube-controller-manager, kube-scheduler and kubelet, which a whole
// cluster needs and an API server alone does not: they are half as much again to compile.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	_ "time/tzdata" // CronJob time zones

	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// components by name; cluster.go adds to them. Each runs with os.Args as if it were a program of its own.
var components = map[string]func(){
	"kube-apiserver": func() { os.Exit(cli.Run(apiserver.NewAPIServerCommand())) },
	"etcd":           func() { etcdmain.Main(os.Args) },
	"kubectl": func() {
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
	},
}

func main() {
	run := find(filepath.Base(os.Args[0]))
	if run == nil && len(os.Args) > 1 {
		run = find(os.Args[1])
		os.Args = os.Args[1:]
	}
	if run == nil {
		names := slices.Sorted(maps.Keys(components))
		fmt.Fprintf(os.Stderr, "usage: kube %s [flags]\n", strings.Join(names, "|"))
		os.Exit(2)
	}
	run()
}

func find(name string) func() {
	if run, ok := components[name]; ok {
		return run
	}
	return components["kube-"+name]
}
