package ai.cifer.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columnsLineUp() {
    Table table = new Table("name", ">bytes", "note");
    table.row("a", "1", "x").row("longer", "12345", "");
    assertThat(table.lines())
        .containsExactly(
            "name    bytes  note", //
            "a           1  x",
            "longer  12345");
  }

  @Test
  void noHeaderWithoutTitles() {
    assertThat(new Table("", "").row("role", "client").lines()).containsExactly("role  client");
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    assertThatThrownBy(() -> new Table("one", "two").row("1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cells: 1 (expected: 2)");
  }
}
