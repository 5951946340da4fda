package ai.cifer.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.plan.AggregationPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/reference-config.md` lists the keys that the code reads, and who reads them.
class ReferenceConfigTest {

  private static final Path PAGE = Path.of("..", "docs", "reference-config.md");

  private static final Pattern ROW =
      Pattern.compile(
          "\\| `(?<key>[a-z_]+)` \\| (?<type>[a-z]+) \\| (?<standard>[^|]*) \\|(?<range>[^|]*)\\|"
              + " (?<readers>[SCK ]+) \\| (?<meaning>[^|]+) \\|");

  private record Row(String key, String type, String standard, String range, Set<String> readers) {}

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("| `")) {
        Matcher row = ROW.matcher(line);
        assertThat(row.matches()).as(line).isTrue();
        rows.add(
            new Row(
                row.group("key"),
                row.group("type"),
                row.group("standard").trim(),
                row.group("range").trim(),
                Set.of(row.group("readers").split(" "))));
      }
    }
    return rows;
  }

  private static Set<String> readBy(String role) throws IOException {
    Set<String> keys = new TreeSet<>();
    for (Row row : rows()) {
      if (row.readers().contains(role)) {
        keys.add(row.key());
      }
    }
    return keys;
  }

  @Test
  void everyKeyIsThere_underTheRolesThatReadIt() throws Exception {
    assertThat(readBy("S")).containsExactlyElementsOf(new TreeSet<>(ServerConfig.KEYS));
    assertThat(readBy("C")).containsExactlyElementsOf(new TreeSet<>(ClientConfig.KEYS));
    assertThat(readBy("K")).containsExactlyElementsOf(new TreeSet<>(KeyHolderConfig.KEYS));
  }

  @Test
  void noKeyIsThereTwice_andEveryTypeIsOne() throws Exception {
    assertThat(rows().stream().map(Row::key)).doesNotHaveDuplicates();
    assertThat(rows().stream().map(Row::type))
        .isSubsetOf("text", "integer", "number", "boolean", "path", "list", "object");
  }

  @Test
  void theProfiles_areThoseOfTheCode() throws Exception {
    String page = Files.readString(PAGE);
    for (AggregationParameters profile : AggregationParameters.all()) {
      double bytes = (double) profile.blockBytes() / profile.valuesPerBlock();
      assertThat(page)
          .contains(
              "| %s | %d | %d | %s |"
                  .formatted(
                      profile.name(),
                      profile.maxClients(),
                      profile.valueBits(),
                      Math.round(1000 * bytes) / 1000.0));
    }
  }

  @Test
  void figuresThatTheCodeDerives_areUpToDate() throws Exception {
    assertThat(row("n_round_clients").range()).isEqualTo("1 to " + AggregationPlan.MAX_CLIENTS);
    assertThat(row("weight_cap").standard())
        .isEqualTo(String.valueOf(AggregationPlan.MAX_WEIGHT_CAP));
    assertThat(row("weight_cap").range()).isEqualTo("1 to " + AggregationPlan.MAX_WEIGHT_CAP);
    assertThat(row("segment_parameters").standard())
        .isEqualTo(Segment.DEFAULT_PARAMETERS + " (64 MiB)");
    assertThat(row("segment_parameters").range())
        .isEqualTo("1 to " + AggregationPlan.MAX_SEGMENT_PARAMETERS);
  }

  private static Row row(String key) throws IOException {
    return rows().stream().filter(row -> row.key().equals(key)).findFirst().orElseThrow();
  }
}
