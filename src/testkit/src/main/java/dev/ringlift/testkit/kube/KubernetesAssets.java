package dev.ringlift.testkit.kube;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder that holds the executables kube-apiserver, etcd and kubectl, as the envtest releases
 * of controller-tools lay it out.
 */
public record KubernetesAssets(Path folder) {
  /** The environment variable that names the folder. */
  public static final String VARIABLE = "KUBEBUILDER_ASSETS";

  public KubernetesAssets {
    for (String name : List.of("kube-apiserver", "etcd", "kubectl")) {
      if (!Files.isExecutable(folder.resolve(name))) {
        throw new IllegalStateException(
            "%s must name a folder with kube-apiserver, etcd and kubectl (bin/test makes one), but %s has no %s"
                .formatted(VARIABLE, folder, name));
      }
    }
  }

  /** The folder that {@link #VARIABLE} names; an exception says what is missing. */
  public static KubernetesAssets fromEnvironment() {
    String folder = System.getenv(VARIABLE);
    if (folder == null) {
      throw new IllegalStateException(
          VARIABLE
              + " must name a folder with kube-apiserver, etcd and kubectl (bin/test makes one)");
    }
    return new KubernetesAssets(Path.of(folder));
  }

  /**
   * The same folder, where it also holds kube-controller-manager, kube-scheduler, kubelet and
   * pause.tar; an exception says what is missing. Only a folder that bin/test has built has them.
   */
  public KubernetesAssets forNodes() {
    for (String name :
        List.of("kube-controller-manager", "kube-scheduler", "kubelet", "pause.tar")) {
      if (!Files.exists(folder.resolve(name))) {
        throw new IllegalStateException(
            "a whole cluster needs %s in %s: bin/test --suite cluster builds a folder that has it"
                .formatted(name, folder));
      }
    }
    return this;
  }

  /** What keeps a pod's namespaces. */
  Path pauseImage() {
    return folder.resolve("pause.tar");
  }

  String executable(String name) {
    return folder.resolve(name).toString();
  }
}
