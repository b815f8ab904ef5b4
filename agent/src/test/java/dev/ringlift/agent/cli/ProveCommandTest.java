package dev.ringlift.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringlift.agent.conf.UserError;
import dev.ringlift.ring.Md5;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the sidecar tells of the rings in a directory. */
class ProveCommandTest {
  private final Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private ProveCommand command;

  @SuppressWarnings("NullAway.Init") // set before each test
  ProveCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws UserError {
    command = ProveCommand.start(options(directory, 0));
  }

  @AfterEach
  void close() {
    command.close();
    http.close();
  }

  private static ProveCommand.Options options(Path directory, int port) {
    ProveCommand.Options options = new ProveCommand.Options();
    options.ringDirectory = directory;
    options.port = port;
    options.address = "127.0.0.1";
    return options;
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + command.port() + path))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  private String told() throws Exception {
    HttpResponse<String> response = ask("GET", "/recon/ringmd5");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    return response.body();
  }

  private String line(String file, String content) {
    return "\"%s\":\"%s\""
        .formatted(directory.resolve(file), Md5.hex(content.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void eachRingIsToldAndNothingElse() throws Exception {
    Files.writeString(directory.resolve("object.ring.gz"), "one");
    Files.writeString(directory.resolve("object-12.ring.gz"), "two");
    Files.writeString(directory.resolve("account.ring.gz"), "three");
    Files.writeString(directory.resolve("object.builder"), "four");
    Files.writeString(directory.resolve("object-x.ring.gz"), "five");
    Files.createDirectory(directory.resolve("container.ring.gz"));

    assertThat(told())
        .isEqualTo(
            "{%s,\"%s\":null,%s,%s}"
                .formatted(
                    line("account.ring.gz", "three"),
                    directory.resolve("container.ring.gz"),
                    line("object-12.ring.gz", "two"),
                    line("object.ring.gz", "one")));
  }

  @Test
  void aRingThatTakesTheOthersPlaceIsToldAtOnce() throws Exception {
    Path ring = Files.writeString(directory.resolve("object.ring.gz"), "old");
    assertThat(told()).isEqualTo("{" + line("object.ring.gz", "old") + "}");
    Path next = Files.writeString(directory.resolve("next"), "new");
    Files.setLastModifiedTime(next, Files.getLastModifiedTime(ring));

    Files.move(next, ring, StandardCopyOption.ATOMIC_MOVE);

    assertThat(told()).isEqualTo("{" + line("object.ring.gz", "new") + "}");
    Files.delete(ring);
    assertThat(told()).isEqualTo("{}");
  }

  @Test
  void aConfigMapsFilesAreFollowedAsKubeletChangesThem() throws Exception {
    version("..1", "old");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(
        directory.resolve("object.ring.gz"), Path.of("..data", "object.ring.gz"));
    assertThat(told()).isEqualTo("{" + line("object.ring.gz", "old") + "}");

    version("..2", "new");
    Path link = Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..2"));
    Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

    assertThat(told()).isEqualTo("{" + line("object.ring.gz", "new") + "}");
  }

  private void version(String name, String content) throws IOException {
    Files.writeString(
        Files.createDirectory(directory.resolve(name)).resolve("object.ring.gz"), content);
  }

  @Test
  void otherQuestionsGetNoAnswer() throws Exception {
    assertThat(ask("GET", "/recon/version").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/recon/ringmd5/../../etc/passwd").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/recon/ringmd5").statusCode()).isEqualTo(405);
    assertThat(ask("HEAD", "/recon/ringmd5").statusCode()).isEqualTo(200);
  }

  @Test
  void whatCanNotBeUsedIsNamed() {
    assertThatThrownBy(() -> ProveCommand.start(options(directory.resolve("none"), 0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none is no directory");
    assertThatThrownBy(() -> ProveCommand.start(options(directory, 65536)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("65536");
    assertThatThrownBy(() -> ProveCommand.start(options(directory, command.port())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Can't answer on port " + command.port());
    assertThat(RingliftCommand.execute("prove")).isEqualTo(2);
  }
}
