package dev.ringlift.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringlift.api.v1alpha1.StorageNodeStatus;
import dev.ringlift.api.v1alpha1.StorageNodeStatus.RingFileStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an object server tells of its rings, and what is made of it. */
class ObjectServerTest {
  private static final String FILE = "object.ring.gz";
  private static final String MINE = "0123456789abcdef0123456789abcdef";
  private static final String OTHER = "fedcba9876543210fedcba9876543210";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final FakeObjectServer swift = new FakeObjectServer();
  private final ObjectServer server = new ObjectServer(swift.uri());

  ObjectServerTest() throws IOException {}

  @AfterEach
  void stop() {
    server.close();
    swift.close();
  }

  @Test
  void theRingsThatItHasAreToldByTheNamesOfTheirFiles() {
    swift.has(FILE, MINE);

    assertThat(server.ask()).as("something new").isTrue();
    assertThat(server.ask()).as("the same again").isFalse();

    assertThat(server.last()).contains(new ObjectServer.Answer(Map.of(FILE, MINE), ""));
    assertThat(condition(null, NOW).getStatus()).isEqualTo("True");
  }

  @Test
  void anotherRingIsNamed() {
    swift.has(FILE, OTHER);
    server.ask();

    Condition condition = condition(null, NOW);
    assertThat(condition.getStatus()).isEqualTo("False");
    assertThat(condition.getReason()).isEqualTo("OtherRing");
    assertThat(condition.getMessage())
        .contains("object.ring.gz is " + MINE + " here, and " + OTHER + " there.");
  }

  @Test
  void soIsOneThatItDoesNotHave() {
    swift.has("object-1.ring.gz", MINE);
    server.ask();

    assertThat(condition(null, NOW).getMessage())
        .contains("object.ring.gz is " + MINE + " here, and it tells none.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[1]", "<html>", "null", "{} {}", "{\"object.ring.gz\": 1}", "{\"a\": \"b\"}"})
  void whatIsNotReconsIsNotBelieved(String body) {
    swift.has(FILE, MINE);
    server.ask();

    swift.answers(200, body);
    assertThat(server.ask()).isTrue();

    assertSilent("its answer is none of recon's");
  }

  @Test
  void anErrorOrRedirectIsToldByItsStatus() {
    swift.answers(404, "");
    server.ask();
    assertSilent("it answers with HTTP status 404");

    swift.answers(302, "");
    server.ask();
    assertSilent("it answers with HTTP status 302");
  }

  @Test
  void anAnswerWithoutEndIsNotRead() {
    swift.answers(200, "{" + " ".repeat(100_000) + "}");
    server.ask();
    assertSilent("its answer breaks off, or is far too long");
  }

  @Test
  void oneThatIsNotThereIsToldOnce() {
    swift.close();
    assertThat(server.ask()).isTrue();
    assertThat(server.ask()).isFalse();
    assertSilent("it can't be reached");
  }

  @Test
  void oneThatNeverAnswersIsWaitedForBriefly() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ObjectServer hanging =
            new ObjectServer(URI.create("http://127.0.0.1:" + mute.getLocalPort()))) {
      hanging.ask();
      assertThat(hanging.last())
          .contains(ObjectServer.Answer.none("it does not answer within 3 s"));
    }
  }

  @Test
  void theConditionsTimeIsThatOfItsStatus() {
    swift.has(FILE, OTHER);
    server.ask();
    StorageNodeStatus before =
        new StorageNodeStatus(
            "1",
            0,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null,
            List.of(condition(null, NOW)));
    Instant later = NOW.plus(Duration.ofHours(1));

    assertThat(condition(before, later).getLastTransitionTime()).isEqualTo(NOW.toString());
    swift.has(FILE, MINE);
    server.ask();
    assertThat(condition(before, later).getLastTransitionTime()).isEqualTo(later.toString());
  }

  private void assertSilent(String why) {
    assertThat(server.last()).contains(ObjectServer.Answer.none(why));
    Condition condition = condition(null, NOW);
    assertThat(condition.getStatus()).isEqualTo("Unknown");
    assertThat(condition.getReason()).isEqualTo("ObjectServerSilent");
    assertThat(condition.getMessage())
        .isEqualTo("The object server at %s tells no rings: %s.".formatted(server.name(), why));
  }

  private Condition condition(@Nullable StorageNodeStatus before, Instant now) {
    RingFileStatus ring = new RingFileStatus(FILE, MINE, 1L, 10, null, NOW.toString(), null);
    ObjectServer.Answer answer = server.last().orElseThrow();
    return ObjectServerCondition.of(
        server.name(),
        answer,
        List.of(ring.withObjectServer(answer.rings().get(FILE))),
        before,
        now);
  }
}
