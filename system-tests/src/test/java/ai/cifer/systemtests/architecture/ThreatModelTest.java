package ai.cifer.systemtests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the threat model claims is shown by the test that it names.
class ThreatModelTest {
  private static final Path PAGE = Project.home().resolve("docs/threat-model.md");
  private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*Test)(?:\\.(\\w+))?`");

  /// Above this, a heading was renamed and the rows are read no more.
  private static final int LEAST_NAMES = 30;

  @ParameterizedTest
  @ValueSource(
      strings = {"## Mode and coalition: what can they learn", "## What an active attacker can do"})
  void everyRowNamesItsTest(String heading) throws IOException {
    List<String> rows =
        Files.readString(PAGE)
            .split(Pattern.quote(heading + "\n"), 2)[1]
            .split("\n## ", 2)[0]
            .lines()
            .filter(line -> line.startsWith("|"))
            .skip(2)
            .toList();
    assertThat(rows).hasSizeGreaterThan(10).allMatch(row -> NAME.matcher(row).find());
  }

  @Test
  void everyNamedTestExists() throws IOException {
    Map<String, String> sources = sources();
    List<MatchResult> named = NAME.matcher(Files.readString(PAGE)).results().toList();
    assertThat(named).hasSizeGreaterThan(LEAST_NAMES);
    assertThat(named)
        .allSatisfy(name -> {
          assertThat(sources).containsKey(name.group(1));
          if (name.group(2) != null) {
            assertThat(sources.get(name.group(1))).contains(" void " + name.group(2) + "(");
          }
        });
  }

  private static Map<String, String> sources() throws IOException {
    try (Stream<Path> modules = Files.list(Project.home())) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(ThreatModelTest::files)
          .filter(file -> file.getFileName().toString().endsWith("Test.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  ThreatModelTest::read,
                  String::concat));
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList().stream();
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }
}
