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

  String executable(String name) {
    return folder.resolve(name).toString();
  }
}
