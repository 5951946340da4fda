package ai.cifer.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.training.data.Seeds;
import ai.cifer.training.model.keras.KerasFormat;
import ai.cifer.training.model.onnx.OnnxFormat;
import ai.cifer.training.model.tensorflow.SavedModelFormat;
import ai.cifer.training.model.torch.TorchFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.UniqueElements;

class ModelFormatPropertyTest {

  @Property(tries = 40)
  void whatIsWrittenIsReadBitForBit(
      @ForAll @Size(min = 1, max = 5) List<@Size(max = 3) List<@IntRange(min = 1, max = 7) Integer>> shapes,
      @ForAll @StringLength(min = 1, max = 20) String architecture,
      @ForAll long seed)
      throws Exception {
    if (architecture.chars().anyMatch(c -> Character.isSurrogate((char) c))
        || architecture.indexOf(0) >= 0) {
      return;
    }
    List<TensorSpec> specs = new ArrayList<>();
    for (List<Integer> shape : shapes) {
      specs.add(new TensorSpec("layer \"%d\"\\é.weight".formatted(specs.size()), shape));
    }
    Path folder = Files.createTempDirectory("models");
    try (Tensors tensors = Tensors.allocate(new ModelLayout(specs))) {
      fill(tensors, Seeds.generator(seed));
      for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
        if (format instanceof KerasFormat
            || format instanceof OnnxFormat
            || format instanceof SavedModelFormat) {
          // Writes only what comes from a file of its kind.
          continue;
        }
        Path file = folder.resolve("model." + format.name());
        assertThat(format.handles(file)).isTrue();
        format.write(new GlobalModel(architecture, tensors), file);
        byte[] bytes = Files.readAllBytes(file);
        GlobalModel read = format.read(file);
        try (Tensors found = read.tensors()) {
          // A state dict names no network.
          assertThat(read.architecture())
              .isEqualTo(format instanceof TorchFormat ? GlobalModel.TENSORS_ONLY : architecture);
          assertThat(found.digest()).as(format.name()).isEqualTo(tensors.digest());
        }
        format.write(new GlobalModel(architecture, tensors), file);
        assertThat(Files.readAllBytes(file)).as("same bytes").isEqualTo(bytes);
        format.rewrite(new GlobalModel(architecture, tensors), file, file);
        assertThat(Files.readAllBytes(file)).as("same bytes, rewritten").isEqualTo(bytes);
        Files.delete(file);
      }
    } finally {
      Files.delete(folder);
    }
  }

  /// Any bits, among them NaNs with payloads.
  private static void fill(Tensors tensors, RandomGenerator random) {
    float[] value = new float[1];
    for (long i = 0; i < tensors.layout().parameters(); i++) {
      value[0] = Float.intBitsToFloat(random.nextInt());
      tensors.write(i, value, 1);
    }
  }

  @Property(tries = 20)
  void namesAreQuotedAndReadBack(
      @ForAll @UniqueElements @Size(min = 1, max = 4) List<@StringLength(max = 9) String> names)
      throws Exception {
    for (String name : names) {
      String quoted = HeaderJson.quote(name);
      var reader = new HeaderJson(quoted);
      assertThat(reader.string()).isEqualTo(name);
      reader.end();
    }
  }
}
