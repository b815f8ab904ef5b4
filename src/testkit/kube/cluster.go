//go:build cluster

package main

import (
	"context"
	"os"

	"k8s.io/component-base/cli"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func init() {
	components["kube-controller-manager"] = func() {
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	}
	components["kube-scheduler"] = func() { os.Exit(cli.Run(scheduler.NewSchedulerCommand())) }
	components["kubelet"] = func() {
		os.Exit(cli.Run(kubelet.NewKubeletCommand(context.Background())))
	}
}
