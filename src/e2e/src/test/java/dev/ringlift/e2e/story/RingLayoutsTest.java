package dev.ringlift.e2e.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.Phase;
import dev.ringlift.e2e.cluster.RingLayout;
import dev.ringlift.e2e.cluster.StorageHost;
import dev.ringlift.ring.Ring;
import dev.ringlift.ring.RingBuilder;
import dev.ringlift.ring.RingFormatException;
import dev.ringlift.ring.RingPair;
import dev.ringlift.testkit.kube.ApiServer;
import dev.ringlift.testkit.kube.ApiServerExtension;
import dev.ringlift.testkit.process.Command;
import dev.ringlift.testkit.process.ManagedProcess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole way where ring and builder are kept in other ways than in one ConfigMap. */
@Tag("e2e")
@ExtendWith(ApiServerExtension.class)
class RingLayoutsTest {
  private static final Pattern COMMAND =
      Pattern.compile("run: (swift-ring-builder [^.]+\\.builder \\w+)\\.");

  @Test
  void aRingAsTextWithItsBuilderInAnotherMapAndAnOperatorThatIsKilled(
      ApiServer server, @TempDir Path folder) {
    try (Story story = new Story(server, folder, 6, 500, RingLayout.BASE64_AND_BUILDER_APART)) {
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7);
      story
          .eventually("it is published that there is no way back")
          .until(
              () ->
                  story.inPhase(Phase.Increasing)
                      || story.inPhase(Phase.CleaningUp)
                      || story.inPhase(Phase.Finishing));
      story.killAndRestartOperator();
      story.awaitComplete();

      assertThat(story.publishedPowers()).containsExactly("6/null", "6/7", "7/7", "7/null");
      story.assertAllAt(7);
    }
  }

  @Test
  void aRingThatAScriptDeploysAndABuilderThatTheUserKeeps(ApiServer server, @TempDir Path folder)
      throws IOException, RingFormatException {
    try (Story story = new Story(server, folder, 6, 500, RingLayout.EXTERNAL_WITHOUT_BUILDER)) {
      deployFirstRing(story);
      story.startAll();
      story.cluster().apply(Story.INCREASE, 7);
      story
          .eventually("it says what is to be deployed")
          .until(() -> message(story).contains("Bring object.ring.gz of ConfigMap swift-rings"));
      assertThat(message(story)).contains("md5 " + offered(story));

      try (ManagedProcess deployer = deployer(story, folder.resolve("deployer.log"))) {
        story.awaitComplete();
        assertThat(deployer.output().lines().filter(line -> line.startsWith("deployed")))
            .hasSize(3);
      }
      List<String> commands = builderCommands(story);
      assertThat(commands)
          .containsExactly(
              "swift-ring-builder object.builder prepare_increase_partition_power",
              "swift-ring-builder object.builder increase_partition_power",
              "swift-ring-builder object.builder finish_increase_partition_power");
      run(story, commands);

      Ring ring = Ring.read(Files.readAllBytes(deployed(story.cluster().hosts().getFirst())));
      RingBuilder builder = RingBuilder.read(Files.readAllBytes(story.usersBuilder()));
      assertThat(RingPair.difference(ring, builder)).isEmpty();
      story.assertAllAt(7);
    }
  }

  private static Path deployed(StorageHost host) {
    return host.ringDirectory().resolve("object.ring.gz");
  }

  private static void deployFirstRing(Story story) throws IOException {
    for (StorageHost host : story.cluster().hosts()) {
      Files.copy(story.usersBuilder().resolveSibling("object.ring.gz"), deployed(host));
    }
  }

  private static String message(Story story) {
    return story.status().map(status -> String.valueOf(status.message())).orElse("");
  }

  private static String offered(Story story) {
    ConfigMap map =
        story
            .cluster()
            .client()
            .configMaps()
            .inNamespace(story.cluster().namespace())
            .withName(RingLayout.RINGS)
            .require();
    return String.valueOf(map.getData().get("object.ring.gz.md5"));
  }

  private static ManagedProcess deployer(Story story, Path log) {
    List<String> words = new ArrayList<>();
    words.add("bash");
    words.add(Path.of("src/test/resources/deploy-ring.sh").toAbsolutePath().toString());
    words.add(RingLayout.RINGS);
    words.add("object.ring.gz");
    story.cluster().hosts().forEach(host -> words.add(host.ringDirectory().toString()));
    return ManagedProcess.builder("deployer", log)
        .command(words)
        .environment("KUBECONFIG", kubeconfigOfNamespace(story, log).toString())
        .environment("PATH", kubectlFolder(story) + ":" + System.getenv("PATH"))
        .start();
  }

  private static Path kubectlFolder(Story story) {
    return Objects.requireNonNull(
        Path.of(story.server().kubectlCommand().getFirst()).toAbsolutePath().getParent());
  }

  /** As after {@code kubectl config set-context --current --namespace}. */
  private static Path kubeconfigOfNamespace(Story story, Path log) {
    try {
      Path own = log.resolveSibling("deployer.kubeconfig");
      Files.copy(story.server().kubeconfig(), own);
      Command.of(
              story.server().kubectlCommand().getFirst(),
              "config",
              "set-context",
              "--current",
              "--namespace=" + story.cluster().namespace())
          .environment("KUBECONFIG", own.toString())
          .run()
          .orThrow();
      return own;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the Events say is to be run, in the order in which they came. */
  private static List<String> builderCommands(Story story) {
    return story.events("BuilderToFollow").stream()
        .map(COMMAND::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  /** On the user's builder, as they stand. */
  private static void run(Story story, List<String> commands) {
    for (String command : commands) {
      List<String> words = List.of(command.split(" "));
      Path builder = story.usersBuilder().resolveSibling(words.get(1));
      story.swift().ringBuilder(builder.toString(), words.get(2)).orThrow();
    }
  }
}
