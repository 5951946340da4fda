package ai.cifer.training.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.ModelSummary.TensorSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFormatTest {

  private static final Path WORDS = Fixtures.file("models/words.onnx");

  @TempDir Path folder;

  private final OnnxFormat format = new OnnxFormat();

  @Test
  void theSummaryNamesTheInitializers() throws Exception {
    ModelSummary summary = format.summary(WORDS);
    assertThat(summary.format()).isEqualTo("onnx");
    assertThat(summary.architecture()).matches("onnx:[0-9a-f]{64}");
    assertThat(summary.tensors())
        .containsExactly(
            new TensorSummary("table", "float32", List.of(20, 4), "trained"),
            new TensorSummary("weights", "float16", List.of(4, 3), "trained"),
            new TensorSummary("axes", "int64", List.of(1), "kept as it is"));
  }

  @Test
  void anExportOfPyTorchHasItsTensors() throws Exception {
    GlobalModel model = format.read(Fixtures.file("models/graph.onnx"));
    try (Tensors tensors = model.tensors()) {
      assertThat(tensors.layout().tensors())
          .extracting(TensorSpec::name)
          .contains("out.weight", "out.bias", "conv.weight");
    }
  }

  @Test
  void otherValuesLeaveTheGraphAndItsDigest() throws Exception {
    Path out = folder.resolve("out.onnx");
    GlobalModel model = format.read(WORDS);
    try (Tensors before = model.tensors();
        Tensors values = Tensors.allocate(before.layout())) {
      for (long i = 0; i < values.layout().parameters(); i++) {
        values.write(i, new float[] {i}, 1);
      }
      format.rewrite(new GlobalModel(model.architecture(), values), WORDS, out);
      GlobalModel read = format.read(out);
      try (Tensors after = read.tensors()) {
        assertThat(read.architecture()).isEqualTo(model.architecture());
        assertThat(after.digest()).isEqualTo(values.digest());
      }
    }
    assertThat(Files.size(out)).isEqualTo(Files.size(WORDS));
  }

  @Test
  void anotherGraphHasAnotherDigest() throws Exception {
    byte[] bytes = Files.readAllBytes(WORDS);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Softmax");
    bytes[at] = 'H';
    Path other = Files.write(folder.resolve("other.onnx"), bytes);
    assertThat(format.summary(other).architecture())
        .isNotEqualTo(format.summary(WORDS).architecture());
  }

  /// Its values would be read from wherever the file says.
  @Test
  void valuesInOtherFilesAreRefused() {
    assertThatThrownBy(() -> format.read(Fixtures.file("models/external.onnx")))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("its values are in another file (expected: in this one");
  }

  /// As above, in each place of onnx.proto that leads to a tensor; values of the file's own are not
  /// looked at there.
  @Test
  void valuesInOtherFilesAreRefusedWhereverTheyAreNamed() throws Exception {
    byte[] here = field(8, "secret".getBytes(StandardCharsets.US_ASCII));
    byte[] elsewhere = bytes(here, new byte[] {14 << 3, 1});
    for (byte[] tensor : List.of(here, elsewhere, bytes(here, field(13, new byte[0])))) {
      byte[] sparse = field(1, tensor);
      byte[] constant = field(1, field(5, field(5, tensor)));
      byte[] branch = field(1, field(5, field(6, constant)));
      byte[] empty = field(7, new byte[0]);
      for (byte[] model :
          List.of(
              field(7, constant),
              field(7, branch),
              field(7, field(1, field(5, field(10, tensor)))),
              field(7, field(1, field(5, field(11, constant)))),
              field(7, field(1, field(5, field(22, sparse)))),
              field(7, field(1, field(5, field(23, field(2, tensor))))),
              field(7, field(15, sparse)),
              bytes(empty, field(20, field(1, constant))),
              bytes(empty, field(25, field(7, field(5, field(5, tensor))))),
              bytes(empty, field(25, field(11, field(5, tensor)))))) {
        Path file = Files.write(folder.resolve("x.onnx"), model);
        String reason =
            tensor == here
                ? "tensors of a floating type: 0 of 0"
                : "tensor secret: its values are in another file";
        assertThatThrownBy(() -> format.read(file)).hasMessageContaining(reason);
      }
    }
  }

  @Test
  void graphsThatNestWithoutEndAreRefused() throws Exception {
    byte[] graph = new byte[0];
    for (int i = 0; i < 50; i++) {
      graph = field(1, field(5, field(6, graph)));
    }
    Path file = Files.write(folder.resolve("x.onnx"), field(7, graph));
    assertThatThrownBy(() -> format.read(file)).hasMessageContaining("graphs in graphs");
  }

  /// A field that holds bytes: its number and kind, their number, and they.
  private static byte[] field(int number, byte[] content) {
    return bytes(varint(number << 3 | 2), varint(content.length), content);
  }

  private static byte[] varint(int value) {
    return value < 128
        ? new byte[] {(byte) value}
        : bytes(new byte[] {(byte) (value | 128)}, varint(value >>> 7));
  }

  private static byte[] bytes(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void aFileArisesOnlyFromAnother() throws Exception {
    try (Tensors tensors = format.read(WORDS).tensors()) {
      assertThatThrownBy(
              () -> format.write(new GlobalModel("cnn", tensors), folder.resolve("x.onnx")))
          .hasMessageContaining("an ONNX file arises only from one with the same graph");
    }
  }

  @Test
  void whatIsNoModelIsNamed() throws Exception {
    Path file = Files.write(folder.resolve("x.onnx"), new byte[] {8, 7});
    assertThatThrownBy(() -> format.read(file))
        .hasMessage(file + ": not a readable ONNX file: graph: none (expected: a model of ONNX)");
    assertThatThrownBy(() -> format.read(folder.resolve("none.onnx")))
        .hasMessageStartingWith("no such file: ");
  }
}
