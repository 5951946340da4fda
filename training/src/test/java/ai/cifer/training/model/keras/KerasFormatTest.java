package ai.cifer.training.model.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasFormatTest {

  @TempDir Path folder;

  private final KerasFormat format = new KerasFormat();

  @ParameterizedTest
  @ValueSource(strings = {"images", "words"})
  void theSameNetworkIsTheSameModelInBothContainers(String name) throws TrainingException {
    GlobalModel zipped = format.read(Fixtures.file("models/" + name + ".keras"));
    GlobalModel hdf = format.read(Fixtures.file("models/" + name + ".h5"));
    try (Tensors one = zipped.tensors();
        Tensors other = hdf.tensors()) {
      assertThat(zipped.architecture()).isEqualTo(hdf.architecture());
      assertThat(one.layout()).isEqualTo(other.layout());
      assertThat(one.digest()).isEqualTo(other.digest());
    }
  }

  @Test
  void filesOfKeras2AreReadToo() throws TrainingException {
    GlobalModel model = format.read(Fixtures.file("models/legacy.h5"));
    try (Tensors tensors = model.tensors()) {
      assertThat(model.architecture()).startsWith("keras:sequential {");
      assertThat(tensors.layout().tensors())
          .containsExactly(
              new TensorSpec("conv2d/kernel", List.of(3, 3, 1, 2)),
              new TensorSpec("conv2d/bias", List.of(2)),
              new TensorSpec("depthwise_conv2d/kernel", List.of(2, 2, 2, 1)),
              new TensorSpec("depthwise_conv2d/bias", List.of(2)),
              new TensorSpec("dense/kernel", List.of(50, 3)),
              new TensorSpec("dense/bias", List.of(3)));
    }
  }

  @Test
  void weightsWithoutAConfigAreTensorsOnly() throws TrainingException {
    GlobalModel model = format.read(Fixtures.file("models/images.weights.h5"));
    try (Tensors tensors = model.tensors()) {
      assertThat(model.architecture()).isEqualTo(GlobalModel.TENSORS_ONLY);
      assertThat(tensors.layout().tensors())
          .contains(new TensorSpec("layers/conv2d/vars/0", List.of(3, 3, 1, 3)));
    }
  }

  @Test
  void theArchitectureSurvivesTheJourney() throws Exception {
    String text = format.read(Fixtures.file("models/words.keras")).architecture();
    assertThat(KerasNetwork.parse(text).architecture()).isEqualTo(text);
    assertThat(KerasNetwork.parse(text).inputShape()).containsExactly(6);
    assertThat(GlobalModel.label(text)).startsWith("keras:functional");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"images.keras", "images.h5", "words.h5", "legacy.h5", "images.weights.h5"})
  void whatIsRewrittenHasTheNewValuesAndTheOldForm(String name) throws Exception {
    Path original = Fixtures.file("models/" + name);
    Path out = folder.resolve(name);
    GlobalModel model = format.read(original);
    Path changed = folder.resolve("changed");
    try (Tensors before = model.tensors();
        Tensors values = Tensors.create(changed, before.layout())) {
      for (long i = 0; i < before.layout().parameters(); i++) {
        values.write(i, new float[] {before.get(i) + 1}, 1);
      }
      format.rewrite(new GlobalModel(model.architecture(), values), original, out);
      try (Tensors after = format.read(out).tensors()) {
        assertThat(after.digest()).isEqualTo(values.digest());
      }
    }
    assertThat(Files.size(out)).isEqualTo(Files.size(original));
    assertThat(format.summary(out)).isEqualTo(format.summary(original));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cycle.h5   | group 'model_weights/again' is in itself",
        "outside.h5 | model_weights is a link",
        "chunked.h5 | expected: contiguous, as Keras writes it",
      })
  void hostileOrForeignFilesAreRefused(String name, String fact) {
    Path file = Fixtures.file("models/" + name);
    assertThatThrownBy(() -> format.read(file))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith(file + ": not a readable Keras file: ")
        .hasMessageContaining(fact);
  }

  @Test
  void truncatedFilesAreRefusedOrWhole() throws Exception {
    for (String name : List.of("images.h5", "pools.keras")) {
      byte[] whole = Files.readAllBytes(Fixtures.file("models/" + name));
      for (int length = 0; length < whole.length; length += 97) {
        Path file = Files.write(folder.resolve(name), Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> format.read(file).tensors().close())
            .as("%s, %d bytes", name, length)
            .isInstanceOf(TrainingException.class);
      }
    }
  }
}
