package dev.ringlift.e2e.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The arrows between modules, and the few rules on single packages. */
class ArchitectureTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().resolve("../..").normalize();

  /** A module, where its classes are, and which others it may use. */
  private enum Module {
    API("src/api"),
    RING("src/ring"),
    RELINKER("src/relinker"),
    TESTKIT("src/testkit"),
    OPERATOR("operator"),
    AGENT("agent");

    private final String folder;

    Module(String folder) {
      this.folder = folder;
    }

    private Set<Module> uses() {
      return switch (this) {
        case API, RING, RELINKER, TESTKIT -> Set.of();
        case OPERATOR -> Set.of(API, RING);
        case AGENT -> Set.of(API, RING, RELINKER);
      };
    }

    private String packages() {
      return "dev.ringlift." + name().toLowerCase(Locale.ROOT) + "..";
    }

    private Path classes() {
      return ROOT.resolve(folder).resolve("target/classes");
    }
  }

  /** All production classes, imported once: what takes long is reading them. */
  private static final JavaClasses EVERYTHING =
      new ClassFileImporter().importPaths(Stream.of(Module.values()).map(Module::classes).toList());

  private static JavaClasses classesOf(Module module) {
    JavaClasses found = EVERYTHING.that(resideInAPackage(module.packages()));
    assertThat(found)
        .as("classes of %s: build all modules before this test", module.folder)
        .isNotEmpty();
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void aModuleUsesOnlyThoseItMay(Module module) {
    String[] allowed =
        Stream.concat(Stream.of(module), module.uses().stream())
            .map(Module::packages)
            .toArray(String[]::new);
    DescribedPredicate<JavaClass> foreign =
        resideInAPackage("dev.ringlift..").and(not(resideInAnyPackage(allowed)));
    noClasses()
        .should()
        .dependOnClassesThat(foreign)
        .because("the modules' arrows point one way")
        .check(classesOf(module));
  }

  @Test
  void everyClassIsInAPackageOfAModule() {
    String[] packages = Stream.of(Module.values()).map(Module::packages).toArray(String[]::new);
    classes().should().resideInAnyPackage(packages).check(EVERYTHING);
  }

  @ParameterizedTest
  @EnumSource(names = {"RING", "RELINKER"})
  void theLibrariesKnowNeitherKubernetesNorQuarkus(Module module) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8..", "io.javaoperatorsdk..", "io.quarkus..", "io.quarkiverse..", "jakarta..")
        .because("they are of use without a cluster")
        .check(classesOf(module));
  }

  @ParameterizedTest
  @EnumSource(names = {"API", "TESTKIT"})
  void neitherApiNorTestkitKnowsQuarkus(Module module) {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javaoperatorsdk..", "io.quarkus..", "io.quarkiverse..")
        .check(classesOf(module));
  }

  @Test
  void onePackageHoldsAllNativeCalls() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.ringlift.relinker.posix..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .because("what can crash the JVM is to be read in one place")
        .check(EVERYTHING);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(EVERYTHING.stream().map(JavaClass::getPackage).distinct())
        .filteredOn(found -> found.getName().startsWith("dev.ringlift"))
        .isNotEmpty()
        .allSatisfy(
            found ->
                assertThat(found.isAnnotatedWith(NullMarked.class))
                    .as("package-info.java of %s has @NullMarked", found.getName())
                    .isTrue());
  }
}
