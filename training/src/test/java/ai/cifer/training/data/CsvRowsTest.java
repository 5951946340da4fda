package ai.cifer.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.train.Dataset.Split;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {

  @TempDir Path folder;

  private Table table(String text) throws IOException, TrainingException {
    Path file = Files.write(folder.resolve("t.csv"), text.getBytes(StandardCharsets.UTF_8));
    return Table.open(file, Split.TRAIN);
  }

  private static float[] row(Table table, long row) throws TrainingException {
    float[] out = new float[table.columns().size()];
    for (int i = 0; i < out.length; i++) {
      table.rows().read(row, i, out, i);
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b,c\n1,-2.5,x\n3e2,,\"y, z\"\n",
        "a;b;c\r\n1;-2.5;x\r\n3e2;;\"y, z\"",
        "a\tb\tc\n1\t-2.5\tx\n300\tNA\ty, z\n",
        "\uFEFFa|b|c\n 1 |-25e-1|x\n+300.0|?|\"y, z\"\n\n",
        "'a','b','c'\n'1','-2.5','x'\n'300','','y, z'\n",
      })
  void delimitersQuotesLineEndsAndMarks(String text) throws Exception {
    try (Table table = table(text)) {
      assertThat(table.columns().stream().map(Column::name)).containsExactly("a", "b", "c");
      assertThat(table.size()).isEqualTo(2);
      assertThat(row(table, 0)).containsExactly(1, -2.5f, 0);
      assertThat(row(table, 1)).containsExactly(300, Float.NaN, 1);
      assertThat(table.columns().get(1).missing()).isEqualTo(1);
      assertThat(table.columns().get(2).categories()).containsExactly("x", "y, z");
    }
  }

  @Test
  void aTableWithoutAHeader_hasNumbersForNames() throws Exception {
    try (Table table = table("1,2,0\n3,4,1\n")) {
      assertThat(table.columns().stream().map(Column::name)).containsExactly("0", "1", "2");
      assertThat(table.size()).isEqualTo(2);
    }
  }

  @Test
  void quotesInQuotes_andLinesInQuotes() throws Exception {
    try (Table table = table("a,b\n\"x \"\"y\"\"\",1\n\"two\nlines\",2\n")) {
      assertThat(table.columns().getFirst().categories()).containsExactly("x \"y\"", "two\nlines");
      assertThat(row(table, 1)).containsExactly(1, 2);
    }
  }

  @Test
  void aTextFarBehindTheSample_makesTheColumnOneOfTexts() throws Exception {
    try (Table table = table("a,b\n" + "1,2\n".repeat(50_000) + "x,3\n")) {
      assertThat(table.columns().getFirst().categories()).containsExactly("1", "x");
      assertThat(row(table, 50_000)).containsExactly(1, 3);
    }
  }

  @Test
  void raggedRows_areNamedByTheirLine() {
    assertThatThrownBy(() -> table("a,b\n1,2\n\n3\n").close())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("line 4: 1 fields (expected: 2)");
    assertThatThrownBy(() -> table("a,b\n1,2\n3,4,5\n").close())
        .hasMessageContaining("line 3: more than 2 fields (expected: 2)");
  }

  @Test
  void aQuoteThatIsNotClosed_isRefused() {
    assertThatThrownBy(() -> table("a,b\n1,\"2\n3,4\n").close())
        .hasMessageContaining("a quote is not closed");
  }

  @Test
  void whatIsNotANumber_isAText() throws Exception {
    try (Table table = table("a,b\n0x10,1\nInfinity,1\n1f,1\n")) {
      assertThat(table.columns().getFirst().categories()).containsExactly("0x10", "Infinity", "1f");
    }
  }

  /// The exact path and Java's own parser agree with the float32 that was printed.
  @Test
  void everyPrintedFloat_isReadBack() throws Exception {
    RandomGenerator random = Seeds.generator(5);
    float[] values = new float[20_000];
    StringBuilder text = new StringBuilder("a,b\n");
    for (int i = 0; i < values.length; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isFinite(value) ? value : random.nextInt(-1000, 1000) / 64f;
      text.append(values[i])
          .append(',')
          .append(new java.math.BigDecimal(values[i]).toPlainString())
          .append('\n');
    }
    try (Table table = table(text.toString())) {
      assertThat(table.columns().stream().map(Column::type)).isEqualTo(List.of("number", "number"));
      for (int i = 0; i < values.length; i++) {
        assertThat(row(table, i)).containsExactly(values[i], values[i]);
      }
    }
  }
}
