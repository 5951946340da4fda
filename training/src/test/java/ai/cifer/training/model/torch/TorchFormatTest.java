package ai.cifer.training.model.torch;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchFormatTest {

  @TempDir Path folder;

  private final TorchFormat format = new TorchFormat();

  private static Map<String, float[]> values(GlobalModel model) {
    Map<String, float[]> values = new HashMap<>();
    try (Tensors tensors = model.tensors()) {
      List<TensorSpec> specs = tensors.layout().tensors();
      for (int i = 0; i < specs.size(); i++) {
        values.put(specs.get(i).name(), tensors.values(i));
      }
    }
    return values;
  }

  @Test
  void viewsSharedStoragesAndTypesAreReadAsPyTorchMeansThem() throws TrainingException {
    Map<String, float[]> values = values(format.read(Fixtures.file("models/layouts.pt")));
    assertThat(values.keySet())
        .containsExactlyInAnyOrder(
            "transposed",
            "slice",
            "tied",
            "half",
            "bfloat",
            "double",
            "parameter",
            "nested.list.0");
    assertThat(values.get("transposed")).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assertThat(values.get("slice")).containsExactly(5, 6, 9, 10);
    assertThat(values.get("half")).containsExactly(1.5f, -2, 65504);
    assertThat(values.get("bfloat")).containsExactly(1.5f, -3.0040553E38f);
    assertThat(values.get("double")).containsExactly(0.1f);
    assertThat(values.get("nested.list.0")).containsExactly(2);
    ModelSummary summary = format.summary(Fixtures.file("models/layouts.pt"));
    assertThat(summary.format()).isEqualTo("state dict");
    assertThat(summary.tensors())
        .contains(
            new TensorSummary("tied_again", "float32", List.of(3, 4), "tied to tied"),
            new TensorSummary("steps", "int64", List.of(1), "kept as it is"),
            new TensorSummary("empty", "float32", List.of(0, 3), "kept as it is"));
  }

  @Test
  void whatIsRewrittenHasTheNewValuesAndTheOldForm() throws Exception {
    Path original = Fixtures.file("models/layouts.pt");
    Path out = folder.resolve("out.pt");
    GlobalModel model = format.read(original);
    try (Tensors tensors = model.tensors()) {
      List<String> names = tensors.layout().tensors().stream().map(TensorSpec::name).toList();
      int half = names.indexOf("half");
      tensors.write(tensors.layout().offset(half), new float[] {-0.5f, 8, 0}, 3);
      format.rewrite(model, original, out);
    }
    assertThat(Files.size(out)).isEqualTo(Files.size(original));
    assertThat(values(format.read(out)).get("half")).containsExactly(-0.5f, 8, 0);
    assertThat(format.summary(out)).isEqualTo(format.summary(original));
    try (var zip = new ZipFile(out.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        var crc = new CRC32();
        crc.update(zip.getInputStream(entry).readAllBytes());
        assertThat(entry.getCrc()).as(entry.getName()).isEqualTo(crc.getValue());
      }
    }
  }

  @Test
  void aScriptedModelIsNamedByItsCodeAndItsBuffersAreKnown() throws Exception {
    TorchFile graph = TorchFile.read(Fixtures.file("models/graph.pt"));
    assertThat(graph.graph()).isPresent();
    assertThat(format.read(Fixtures.file("models/graph.pt")).architecture())
        .isEqualTo("torchscript:" + graph.graph().orElseThrow());
    assertThat(graph.learning())
        .containsExactlyInAnyOrder(
            "conv.weight", "conv.bias", "norm.weight", "norm.bias", "out.weight", "out.bias");
    Map<String, float[]> scripted = values(format.read(Fixtures.file("models/graph.pt")));
    Map<String, float[]> dict = values(format.read(Fixtures.file("models/state.pt")));
    assertThat(scripted.keySet()).isEqualTo(dict.keySet()).contains("norm.running_var");
    scripted.forEach((name, value) -> assertThat(value).as(name).isEqualTo(dict.get(name)));
  }

  @Test
  void aPickleThatNamesAFunctionIsRefusedAndNothingRuns() {
    Path evil = Fixtures.file("models/evil.pt");
    assertThatThrownBy(() -> format.read(evil))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            evil
                + ": not a readable PyTorch file: pickle names posix.system (expected: tensors only;"
                + " nothing was run)");
    assertThat(Path.of("/tmp/cifer-was-here")).doesNotExist();
  }

  @Test
  void theFormBeforePyTorch16IsRefusedWithTheCure() {
    assertThatThrownBy(() -> format.read(Fixtures.file("models/legacy.pth")))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("not a zip file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\x80\\x02cbuiltins\\neval\\n.             | pickle names builtins.eval",
        "\\x80\\x02ctorch.hub\\nload\\n.            | pickle names torch.hub.load",
        "\\x80\\x02c__torch__.Net\\nx\\n.           | pickle names __torch__.Net.x",
        "\\x80\\x02X\\xff\\xff\\xff\\x7fabc.        | a text of 2147483647 bytes",
        "\\x80\\x02}q\\x00h\\x07.                   | nothing remembered as 7",
        "\\x80\\x02((((                             | truncated",
        "\\x80\\x02.                                | truncated",
        "\\x80\\x02}(X\\x01\\x00\\x00\\x00ah\\x00u. | nothing remembered as 0",
        "\\x80\\x02}q\\x00X\\x01\\x00\\x00\\x00ah\\x00s. | contains itself",
        "\\x80\\x02\\x8c\\x01a\\x8c\\x01b\\x93.     | pickle names a.b",
        "i                                          | instruction 0x69",
      })
  void hostilePicklesAreRefused(String escaped, String fact) throws IOException {
    Path file = folder.resolve("hostile.pt");
    zip(file, "x/data.pkl", bytes(escaped));
    assertThatThrownBy(() -> format.read(file))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(fact);
  }

  @Test
  void manyValuesInASmallPickleAreRefused() throws IOException {
    Path file = folder.resolve("bomb.pt");
    byte[] lists = new byte[8 << 20];
    Arrays.fill(lists, (byte) ']');
    zip(file, "x/data.pkl", lists);
    assertThatThrownBy(() -> format.read(file)).hasMessageContaining("more than 400000 values");
  }

  @Test
  void aValueRememberedMillionsOfTimes_isRefused() throws IOException {
    Path file = folder.resolve("memo.pt");
    deflated(file, "x/data.pkl", filled("\\x80\\x02}", TensorPickle.MAX_BYTES, "\\x94"));
    assertThat(Files.size(file)).isLessThan(20_000);
    assertThatThrownBy(() -> format.read(file))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("more than 400000 values remembered");
  }

  @Test
  void namesThatArePutTogetherFromALongText_areRefused() {
    String text = "X\\xff\\xff\\x00\\x00__torch__." + "a".repeat(0xffff - 10) + "\\x94";
    byte[] names = filled("\\x80\\x02" + text, 1 << 20, "h\\x00h\\x00\\x93");
    assertThatThrownBy(() -> TensorPickle.read(names, true))
        .isInstanceOf(IOException.class)
        .hasMessage("pickle: a name of 131070 characters (expected: <= 1024)");
  }

  @Test
  void aShapeOfManyDimensions_isRefused() {
    String shape = "(" + "K\\x01".repeat(17) + "t";
    assertThatThrownBy(() -> TensorPickle.read(tensor(shape, shape), false))
        .hasMessage("pickle: a tensor of rank 17 (expected: <= 16)");
  }

  @Test
  void aLongKeyOnManyLevels_isRefused() throws IOException {
    Path file = folder.resolve("keys.pt");
    String key = "X\\x00\\x02\\x00\\x00" + "k".repeat(512) + "\\x94";
    String levels = "}(" + key + "}(h\\x00}(h\\x00" + "}uuu";
    zip(file, "x/data.pkl", bytes("\\x80\\x02" + levels + "."));
    assertThatThrownBy(() -> format.read(file))
        .hasMessageContaining("a name of 513 characters (expected: <= 512)");
  }

  @ParameterizedTest
  @CsvSource({"1024, 0", "2048, 0", "1024, 1"})
  void moreElementsThanTheStorageHas_areRefused(int side, int stride) throws IOException {
    Path file = folder.resolve("expanded.pt");
    byte[] pickle =
        tensor(
            "J" + escaped(side) + "J" + escaped(side) + "\\x86",
            "K\\x0%d".formatted(stride).repeat(2) + "\\x86");
    zip(file, Map.of("x/data.pkl", pickle, "x/data/0", new byte[4 * 4096]));
    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("elements share places")
        .hasMessageContaining("tensor.contiguous() before torch.save");
  }

  private static String escaped(int number) {
    var text = new StringBuilder();
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      text.append("\\x%02x".formatted(number >>> shift & 0xff));
    }
    return text.toString();
  }

  /// A pickle of one float32 tensor in storage 0.
  private static byte[] tensor(String shape, String strides) {
    return bytes(
        "\\x80\\x02ctorch._utils\\n_rebuild_tensor_v2\\n("
            + "(X\\x07\\x00\\x00\\x00storagectorch\\nFloatStorage\\nX\\x01\\x00\\x00\\x000NK\\x01tQ"
            + "K\\x00"
            + shape
            + strides
            + "\\x89}tR.");
  }

  private static byte[] filled(String beginning, int size, String rest) {
    byte[] first = bytes(beginning);
    byte[] step = bytes(rest);
    byte[] filled = Arrays.copyOf(first, size);
    for (int at = first.length; at < size; at++) {
      filled[at] = step[(at - first.length) % step.length];
    }
    return filled;
  }

  private static byte[] bytes(String escaped) {
    var out = new ByteArrayOutputStream();
    List<Integer> codes = new ArrayList<>();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.startsWith("\\x", i)) {
        codes.add(Integer.parseInt(escaped.substring(i + 2, i + 4), 16));
        i += 3;
      } else if (escaped.startsWith("\\n", i)) {
        codes.add((int) '\n');
        i++;
      } else {
        codes.add((int) escaped.charAt(i));
      }
    }
    codes.forEach(out::write);
    return out.toByteArray();
  }

  private static void deflated(Path file, String member, byte[] content) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(member));
      zip.write(content);
    }
  }

  private static void zip(Path file, String member, byte[] content) throws IOException {
    zip(file, Map.of(member, content, "x/version", "3\n".getBytes(StandardCharsets.US_ASCII)));
  }

  private static void zip(Path file, Map<String, byte[]> members) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setMethod(ZipOutputStream.STORED);
      for (var part : members.entrySet()) {
        var entry = new ZipEntry(part.getKey());
        var crc = new CRC32();
        crc.update(part.getValue());
        entry.setSize(part.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(part.getValue());
      }
    }
  }
}
