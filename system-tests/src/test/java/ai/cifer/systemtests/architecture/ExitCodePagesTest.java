package ai.cifer.systemtests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every exit code has a page with a description and a cure, and every page has its exit code.
class ExitCodePagesTest {

  @Test
  void pagesAndCodesAreTheSameSet() throws IOException {
    List<String> codes = Arrays.stream(ExitCode.values()).map(ExitCode::page).sorted().toList();
    try (Stream<Path> files = Files.list(Project.home().resolve("docs/errors"))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.equals("README.md"))
                  .map(name -> "docs/errors/" + name)
                  .sorted())
          .isEqualTo(codes);
    }
  }

  @Test
  void everyPageNamesItsCodeAndTheCure() {
    assertThat(ExitCode.values())
        .allSatisfy(code ->
            assertThat(Project.home().resolve(code.page()))
                .content()
                .startsWith("# " + code.number() + ": ")
                .contains("`" + code.name() + "`", "## Description", "## How to resolve"));
  }

  @Test
  void theIndexListsEveryCode() {
    assertThat(ExitCode.values())
        .allSatisfy(code ->
            assertThat(Project.home().resolve("docs/errors/README.md"))
                .content()
                .contains("[" + code.number() + "](" + code.number() + ".md)"));
  }
}
