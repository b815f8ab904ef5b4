package dev.ringlift.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the built programs and the definitions are.
 *
 * @param operator the operator's quarkus-run.jar
 * @param agent the agent's quarkus-run.jar
 * @param crds the folder with the CustomResourceDefinitions
 */
public record Programs(Path operator, Path agent, Path crds) {
  /** In the checkout that the present directory is in. */
  public static Programs ofThisCheckout() {
    @Nullable Path root = Path.of("").toAbsolutePath();
    while (root != null
        && !(Files.isDirectory(root.resolve("crds")) && Files.exists(root.resolve("pom.xml")))) {
      root = root.getParent();
    }
    if (root == null) {
      throw new IllegalStateException("the present directory is not in a checkout of Ringlift");
    }
    return new Programs(
        built(root.resolve("operator/target/quarkus-app/quarkus-run.jar")),
        built(root.resolve("agent/target/quarkus-app/quarkus-run.jar")),
        root.resolve("crds"));
  }

  private static Path built(Path jar) {
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is not there: build Ringlift first (mvn package)");
    }
    return jar;
  }
}
