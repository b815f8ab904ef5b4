package dev.ringlift.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of a release, of a small bill of materials. */
class BomTest {
  private static final String BOM =
      """
      {"bomFormat": "CycloneDX", "specVersion": "1.6",
       "metadata": {"component": {"bom-ref": "app"}},
       "components": [
         {"bom-ref": "a", "type": "library", "group": "org.a", "name": "one", "version": "1",
          "hashes": [{"alg": "MD5", "content": "x"}, {"alg": "SHA-256", "content": "aa"}],
          "licenses": [{"license": {"id": "Apache-2.0"}}]},
         {"bom-ref": "b", "type": "library", "group": "org.b", "name": "two", "version": "2",
          "hashes": [{"alg": "SHA-256", "content": "bb"}],
          "licenses": [{"license": {"name": "The Apache Software License, Version 2.0"}}]},
         {"bom-ref": "c", "type": "library", "group": "org.c", "name": "three", "version": "3",
          "hashes": [{"alg": "SHA-256", "content": "cc"}],
          "licenses": [{"expression": "(AGPL-3.0-only OR GPL-2.0-with-classpath-exception)"}]}],
       "dependencies": [
         {"ref": "app", "dependsOn": ["a", "c"]}, {"ref": "a", "dependsOn": ["b"]}, {"ref": "c"}]}
      """;

  @TempDir Path folder;

  private Bom bom(String text) throws IOException {
    return Bom.read(Files.writeString(folder.resolve("bom.json"), text));
  }

  @Test
  void holdsWhatIsReallyThereAndNothingElse() throws Exception {
    Bom there = bom(BOM).of(Map.of("aa", Path.of("one.jar"), "bb", Path.of("two.jar")));

    assertThat(there.components())
        .extracting(Component::name)
        .containsExactly("org.a:one", "org.b:two");
    Path file = folder.resolve("there.json");
    there.write(file);
    assertThat(Files.readString(file))
        .contains("\"dependsOn\" : [ \"a\" ]")
        .doesNotContain("org.c");
  }

  @Test
  void aJarThatQuarkusHasMadeSmallerIsKnownByItsName() throws Exception {
    Bom there = bom(BOM).of(Map.of("ee", Path.of("lib/main/org.a.one-1.jar")));

    assertThat(there.components()).hasSize(1);
    assertThat(there.components().getFirst().name()).isEqualTo("org.a:one");
    assertThat(there.components().getFirst().sha256()).isEqualTo("ee");
  }

  @Test
  void aFileThatNobodyListsIsNamed() throws Exception {
    Bom all = bom(BOM);

    assertThatThrownBy(() -> all.of(Map.of("aa", Path.of("one.jar"), "dd", Path.of("stray.jar"))))
        .isInstanceOf(Bom.UnlistedException.class)
        .hasMessage("no component of the SBOM is [stray.jar]");
  }

  @Test
  void anImageHasMoreThanMavenKnows() throws Exception {
    Component java =
        bom(BOM)
            .and("platform", "openjdk", "25", "GPL-2.0-with-classpath-exception")
            .components()
            .getLast();

    assertThat(java.name()).isEqualTo("openjdk");
    assertThat(java.licences()).containsExactly("GPL-2.0-with-classpath-exception");
  }

  @Test
  void whatIsNoBillIsRefused() {
    assertThatThrownBy(() -> bom("{}")).hasMessageEndingWith("is no CycloneDX document in JSON");
  }

  @Test
  void eachLicenceIsTold() throws Exception {
    LicenceReport report = new LicenceReport(bom(BOM).components());

    assertThat(report.refused()).isEmpty();
    assertThat(report.document())
        .contains("| Apache-2.0 | 2 |\n", "| org.b:two | 2 | Apache-2.0 |\n")
        .contains("| org.c:three | 3 | AGPL-3.0-only or GPL-2.0-with-classpath-exception |\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"license\": {\"id\": \"AGPL-3.0-only\"}}] | AGPL-3.0-only",
        "[{\"license\": {\"name\": \"Our own\"}}]     | Our own",
        "[{\"expression\": \"(GPL-3.0-only AND MIT)\"}] | GPL-3.0-only AND MIT",
        "[]                                           | no licence is known",
      })
  void whatIsNotOnTheListIsRefused(String licences, String why) throws Exception {
    String first = "[{\"license\": {\"id\": \"Apache-2.0\"}}]";
    assertThat(BOM).contains(first);

    LicenceReport report = new LicenceReport(bom(BOM.replace(first, licences)).components());

    assertThat(report.refused()).isEqualTo(List.of("org.a:one 1: " + why));
  }
}
