package ai.cifer.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void aFileGetsNoStatusAndNoColour() {
    Captured captured = Captured.file();
    captured.terminal().status("working");
    captured.terminal().print(captured.terminal().paint(Colour.GOOD, "done"));
    assertThat(captured.out()).isEqualTo("done\n");
  }

  @Test
  void theStatusIsTakenAwayBeforeTheNextLine() {
    Captured captured = Captured.watched(false);
    captured.terminal().status("working");
    captured.terminal().print("done");
    assertThat(captured.out()).isEqualTo("\r\033[Kworking\r\033[Kdone\n");
  }

  @Test
  void coloursOnlyWhereTheyAreWanted() {
    assertThat(Captured.watched(true).terminal().paint(Colour.BAD, "no"))
        .isEqualTo("\033[31mno\033[0m");
    assertThat(Captured.watched(false).terminal().paint(Colour.BAD, "no")).isEqualTo("no");
  }

  @Test
  void signsFollowTheCharset() {
    assertThat(Captured.file().terminal().glyphs()).isEqualTo(Glyphs.UNICODE);
    assertThat(Captured.asciiFile().terminal().glyphs()).isEqualTo(Glyphs.ASCII);
  }

  @Test
  void aSilentTerminalStillPrintsErrors() {
    Captured captured = Captured.file();
    Terminal silent = captured.terminal().silent();
    silent.print("result");
    silent.printError("error: x");
    assertThat(captured.out()).isEmpty();
    assertThat(captured.err()).isEqualTo("error: x\n");
  }

  @Test
  void aBarIsFullOnlyAtTheEnd() {
    assertThat(StatusLine.bar(Glyphs.ASCII, 0, 4)).isEqualTo("....   0 %");
    assertThat(StatusLine.bar(Glyphs.ASCII, 0.5, 4)).isEqualTo("##..  50 %");
    assertThat(StatusLine.bar(Glyphs.ASCII, 0.999, 4)).endsWith(" 99 %");
    assertThat(StatusLine.bar(Glyphs.ASCII, 7, 4)).isEqualTo("#### 100 %");
  }
}
