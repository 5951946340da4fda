package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary.TensorSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFormatTest {

  @TempDir Path folder;

  private final SafetensorsFormat format = new SafetensorsFormat();

  @Test
  void readsAFileOfTheReferenceImplementation() throws TrainingException {
    GlobalModel model = format.read(Fixtures.file("model.safetensors"));
    try (Tensors tensors = model.tensors()) {
      assertThat(model.architecture()).isEqualTo("tiny");
      assertThat(tensors.layout().tensors())
          .containsExactly(
              new TensorSpec("a.bias", List.of(1)), new TensorSpec("b.weight", List.of(2, 3)));
      assertThat(tensors.values(0)).containsExactly(0.5f);
      assertThat(tensors.values(1)).containsExactly(0, 1, 2, 3, 4, 5);
    }
  }

  @Test
  void writesTheBytesOfTheFormat() throws Exception {
    Path file = folder.resolve("m.safetensors");
    try (Tensors tensors =
        Tensors.allocate(new ModelLayout(List.of(new TensorSpec("w", List.of(2)))))) {
      tensors.write(0, new float[] {1, -2}, 2);
      format.write(new GlobalModel("tiny", tensors), file);
    }
    String json =
        "{\"__metadata__\":{\"architecture\":\"tiny\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    int padded = (json.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 8).order(ByteOrder.LITTLE_ENDIAN);
    expected
        .putLong(padded)
        .put((json + " ".repeat(padded - json.length())).getBytes(StandardCharsets.US_ASCII));
    expected.putFloat(1).putFloat(-2);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
  }

  @Test
  void everyTruncatedOrExtendedFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.file("model.safetensors"));
    for (int length = 0; length <= whole.length + 1; length++) {
      if (length != whole.length) {
        Path file = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> format.read(file).tensors().close())
            .as("%d bytes", length)
            .isInstanceOf(TrainingException.class);
      }
    }
  }

  @Test
  void aFlippedHeaderIsRefusedOrReadAsItStands() throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.file("model.safetensors"));
    int header = 8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int refused = 0;
    for (int bit = 0; bit < 8 * header; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Path file = Files.write(folder.resolve("flipped.safetensors"), flipped);
      try (Tensors tensors = format.read(file).tensors()) {
        assertThat(tensors.layout().parameters()).as("bit %d", bit).isEqualTo(7);
      } catch (TrainingException damaged) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(4 * header);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[2147483647,2147483647,2147483647],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[4294967297],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}",
        "{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}}",
        "{'a':{'dtype':'F32','shape':[1]}}",
        "{'a':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{'__metadata__':{'architecture':{}}}",
        "{'__metadata__':{'architecture':'tiny'}}",
        "{}",
        "[]",
      })
  void aHostileHeaderIsRefused(String json) throws IOException {
    byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    Path file = Files.write(folder.resolve("hostile.safetensors"), bytes.array());
    assertThatThrownBy(() -> format.read(file).tensors().close())
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith(file.toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE})
  void anAbsurdHeaderLengthIsRefusedBeforeItIsAllocated(long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Path file = Files.write(folder.resolve("length.safetensors"), bytes.array());
    assertThatThrownBy(() -> format.read(file).tensors().close())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("header: " + Long.toUnsignedString(length) + " bytes");
  }

  @Test
  void aFileWithoutANetworkHasTensorsOnly() throws TrainingException {
    GlobalModel model = format.read(Fixtures.file("no_architecture.safetensors"));
    try (Tensors tensors = model.tensors()) {
      assertThat(model.architecture()).isEqualTo(GlobalModel.TENSORS_ONLY);
      assertThat(tensors.layout().parameters()).isEqualTo(7);
    }
  }

  @Test
  void doublesAreReadAsFloatsAndWrittenBackAsDoubles() throws Exception {
    Path doubles = Fixtures.file("double.safetensors");
    Path out = folder.resolve("out.safetensors");
    try (Tensors tensors = format.read(doubles).tensors()) {
      assertThat(tensors.values(0)).containsExactly(0, 0, 0);
    }
    try (Tensors tensors =
        Tensors.allocate(new ModelLayout(List.of(new TensorSpec("a", List.of(3)))))) {
      tensors.write(0, new float[] {1, 0.1f, -3}, 3);
      format.rewrite(new GlobalModel("tiny", tensors), doubles, out);
      try (Tensors read = format.read(out).tensors()) {
        assertThat(read.values(0)).containsExactly(1, 0.1f, -3);
      }
    }
    assertThat(Files.size(out)).isEqualTo(Files.size(doubles));
    assertThat(format.summary(out).tensors())
        .containsExactly(new TensorSummary("a", "float64", List.of(3), "trained"));
  }

  @Test
  void saysWhatIsMissing() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> format.read(missing))
        .isInstanceOf(TrainingException.class)
        .hasMessage("no such file: " + missing);
  }
}
