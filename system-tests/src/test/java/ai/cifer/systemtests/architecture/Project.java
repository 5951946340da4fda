package ai.cifer.systemtests.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The project under these rules: its folder, its modules, its compiled classes.
///
/// Each set of classes is imported once.
final class Project {
  /// The published modules and the fewest classes that each must show. An importer that cannot read
  /// our class files imports nothing, and then every rule passes; these floors catch that.
  static final Map<String, Integer> LEAST_CLASSES =
      Map.of(
          "homocryption", 15,
          "fedlearn", 30,
          "secagg", 10,
          "training", 10,
          "transport", 20,
          "node", 15,
          "simulation", 10,
          "cli", 10);

  /// Generated from the protos; not written in our style.
  static final String GENERATED = "ai.cifer.transport.wire..";

  private Project() {}

  static Path home() {
    return Path.of(
            Objects.requireNonNull(
                System.getProperty("cifer.home"), "cifer.home: not set (expected: by the build)"))
        .normalize();
  }

  /// Main classes of the published modules.
  static JavaClasses main() {
    return Main.CLASSES;
  }

  /// Test classes of every module, those of this one included.
  static JavaClasses tests() {
    return Tests.CLASSES;
  }

  private static final class Main {
    static final JavaClasses CLASSES =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("ai.cifer");
  }

  private static final class Tests {
    static final JavaClasses CLASSES = new ClassFileImporter().importPaths(folders());

    private static List<Path> folders() {
      return List.of(
              "homocryption",
              "fedlearn",
              "secagg",
              "training",
              "tensorflow",
              "transport",
              "node",
              "simulation",
              "cli",
              "examples",
              "system-tests")
          .stream()
          .map(module -> home().resolve(module).resolve("target/test-classes"))
          .filter(Files::isDirectory)
          .toList();
    }
  }
}
