package ai.cifer.fedlearn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TrainerProgramTest {

  @Test
  void wordsAreWhatStandsBetweenSpaces_unlessQuoted() {
    assertThat(TrainerProgram.words("python train.py  --x\t1"))
        .containsExactly("python", "train.py", "--x", "1");
    assertThat(TrainerProgram.words("'/my venv/python' \"it's\" a' 'b ''"))
        .containsExactly("/my venv/python", "it's", "a b", "");
    assertThat(TrainerProgram.words("C:\\py\\python.exe $HOME * ; rm"))
        .containsExactly("C:\\py\\python.exe", "$HOME", "*", ";", "rm");
    assertThat(TrainerProgram.words("  ")).isEmpty();
  }

  @Test
  void aQuoteThatIsNotClosedIsRefused() {
    assertThatThrownBy(() -> TrainerProgram.words("python 'train.py"))
        .hasMessage("trainer: python 'train.py (expected: a second ')");
  }

  @Property
  void quotedWordsComeBack(
      @ForAll List<@StringLength(max = 8) @CharRange(from = ' ', to = '!') String> words) {
    String line = String.join(" ", words.stream().map(word -> "'" + word + "'").toList());
    assertThat(TrainerProgram.words(line)).isEqualTo(words);
  }
}
