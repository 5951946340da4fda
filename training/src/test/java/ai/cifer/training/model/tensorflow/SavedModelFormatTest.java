package ai.cifer.training.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.Fixtures;
import ai.cifer.training.data.MaskedCrc;
import ai.cifer.training.data.NpyArray;
import ai.cifer.training.data.NpzFile;
import ai.cifer.training.data.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The fixture is TensorFlow's, and the values of its variables are as TensorFlow reads them: see
/// `make_tensorflow.py`.
class SavedModelFormatTest {

  private static final Path TUMOURS = Fixtures.file("tensorflow/tumours");
  private static final String INDEX = "variables/variables.index";
  private static final String DATA = "variables/variables.data-00000-of-00001";

  private final SavedModelFormat format = new SavedModelFormat();

  @TempDir Path temporary;
  private Path copy;

  @BeforeEach
  void copyFixture() throws IOException {
    copy = temporary.resolve("copy");
    format.copy(TUMOURS, copy);
  }

  @Test
  void variablesAreThoseThatTensorFlowReads() throws Exception {
    GlobalModel model = format.read(TUMOURS);
    try (Tensors tensors = model.tensors();
        NpzFile npz = NpzFile.open(Fixtures.file("tensorflow/tumours_expected.npz"));
        Arena arena = Arena.ofConfined()) {
      assertThat(model.architecture()).matches("savedmodel:[0-9a-f]{64}");
      assertThat(tensors.layout().tensors()).hasSize(9);
      for (int i = 0; i < 9; i++) {
        NpyArray expected = npz.read(tensors.layout().tensors().get(i).name(), arena);
        float[] values = tensors.values(i);
        for (int j = 0; j < values.length; j++) {
          assertThat(values[j]).isEqualTo(expected.real(j));
        }
      }
    }
  }

  @Test
  void whatItOffersAndWhatTrainsIsSaid() throws Exception {
    ModelSummary summary = format.summary(TUMOURS);
    assertThat(summary.signatures())
        .containsExactly(
            "evaluate(x: float32 [-1, 30], y: int64 [-1]) gives accuracy: float32 [], loss: float32 []",
            "serving_default(x: float32 [-1, 30]) gives outputs: float32 [-1, 2]",
            "train(learning_rate: float32 [], x: float32 [-1, 30], y: int64 [-1]) gives loss: float32 []");
    assertThat(summary.tensors())
        .extracting(ModelSummary.TensorSummary::name, ModelSummary.TensorSummary::use)
        .contains(
            org.assertj.core.groups.Tuple.tuple("hidden/kernel", "trained"),
            org.assertj.core.groups.Tuple.tuple("velocity/0", ModelSummary.BUFFER),
            org.assertj.core.groups.Tuple.tuple("coarse", ModelSummary.BUFFER),
            org.assertj.core.groups.Tuple.tuple("steps", "kept as it is"));
  }

  /// Also the checksums are those that TensorFlow wrote.
  @Test
  void theSameValuesGiveTheSameFolder() throws Exception {
    Path out = temporary.resolve("out");
    GlobalModel model = format.read(TUMOURS);
    try (Tensors tensors = model.tensors()) {
      format.rewrite(new GlobalModel(model.architecture(), tensors), copy, out);
    }
    for (String name : SavedModelFolder.parts(TUMOURS).keySet()) {
      assertThat(out.resolve(name)).hasSameBinaryContentAs(TUMOURS.resolve(name));
    }
  }

  @Test
  void otherValuesComeBackUnderTheSameDigest() throws Exception {
    GlobalModel model = format.read(copy);
    try (Tensors before = model.tensors();
        Tensors values = Tensors.allocate(before.layout())) {
      for (long i = 0; i < values.layout().parameters(); i++) {
        values.write(i, new float[] {i * 0.25f}, 1);
      }
      format.rewrite(new GlobalModel(model.architecture(), values), copy, copy);
      GlobalModel again = format.read(copy);
      try (Tensors after = again.tensors()) {
        assertThat(again.architecture()).isEqualTo(model.architecture());
        assertThat(after.digest()).isNotEqualTo(before.digest());
        assertThat(after.get(1)).isEqualTo(0.25f);
      }
    }
  }

  @Test
  void anotherGraphOrAnotherVocabularyHasAnotherDigest() throws Exception {
    String digest = SavedModelFolder.read(copy).digest();
    Files.createDirectory(copy.resolve("assets"));
    Files.writeString(copy.resolve("assets/words.txt"), "one\ntwo\n");
    assertThat(SavedModelFolder.read(copy).digest()).isNotEqualTo(digest);
  }

  private void refused(String fact) {
    assertThatThrownBy(() -> format.read(copy).tensors().close())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(fact);
  }

  private void damage(String name, int at, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(copy.resolve(name));
    bytes[at < 0 ? bytes.length + at : at] ^= (byte) value;
    Files.write(copy.resolve(name), bytes);
  }

  @Test
  void damagedVariablesAreNamed() throws Exception {
    damage(DATA, 70, 1);
    refused("variable hidden/kernel: its checksum is wrong");
  }

  @Test
  void aDamagedIndexIsRefused() throws Exception {
    damage(INDEX, 40, 1);
    refused("index: checksum of the block at 0 is wrong");
    damage(INDEX, -1, 1);
    refused("without the mark at their end (expected: a checkpoint of version 2)");
  }

  @Test
  void truncatedVariablesAreRefused() throws Exception {
    byte[] bytes = Files.readAllBytes(copy.resolve(DATA));
    Files.write(copy.resolve(DATA), java.util.Arrays.copyOf(bytes, 100));
    refused("(expected: within 0 to 100)");
  }

  @Test
  void missingPartsAreNamed() throws Exception {
    Files.delete(copy.resolve(DATA));
    refused("no such file: " + copy.resolve(DATA));
    Files.delete(copy.resolve(INDEX));
    refused("no such file: " + copy.resolve(INDEX));
    Files.delete(copy.resolve("variables"));
    refused("no folder variables (expected: a SavedModel with variables)");
  }

  @Test
  void linksAreRefused() throws Exception {
    Path data = copy.resolve(DATA);
    Files.delete(data);
    Files.createSymbolicLink(data, TUMOURS.resolve(DATA).toAbsolutePath());
    refused(DATA + ": a link (expected: a file inside of the folder)");
  }

  @Test
  void aLinkToAFolderIsRefused_notTakenForAnEmptyOne() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), copy.toAbsolutePath());
    assertThatThrownBy(() -> format.read(link)).hasMessageContaining("the folder: a link");
  }

  @Test
  void aSavedModelArisesOnlyFromAnother() throws Exception {
    GlobalModel model = format.read(copy);
    try (Tensors tensors = model.tensors()) {
      GlobalModel read = new GlobalModel(model.architecture(), tensors);
      assertThatThrownBy(() -> format.write(read, temporary.resolve("new")))
          .hasMessageContaining("arises only from one with the same graph");
    }
  }

  /// With right checksums, as somebody who means harm writes them.
  private static void seal(byte[] index) {
    ByteBuffer bytes = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
    // The block of data is the first, and the place of the index says how long it is.
    int end = 0;
    for (int at = index.length - 48; end == 0; ) {
      int[] numbers = new int[4];
      for (int i = 0; i < 4; i++) {
        for (int shift = 0; ; shift += 7) {
          byte next = index[at++];
          numbers[i] |= (next & 0x7f) << shift;
          if (next >= 0) {
            break;
          }
        }
      }
      end = numbers[0] - 5;
    }
    bytes.putInt(end + 1, MaskedCrc.of(ByteBuffer.wrap(index, 0, end + 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {INDEX, "saved_model.pb", DATA})
  void damagedFilesAreReadOrRefused(String name) throws Exception {
    byte[] whole = Files.readAllBytes(copy.resolve(name));
    RandomGenerator random = Seeds.generator(name.hashCode());
    int refused = 0;
    for (int trial = 0; trial < 200; trial++) {
      byte[] damaged = whole.clone();
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      if (name.equals(INDEX) && trial % 2 == 0) {
        System.arraycopy(whole, whole.length - 48, damaged, whole.length - 48, 48);
        seal(damaged);
      }
      Files.write(copy.resolve(name), damaged);
      try {
        format.read(copy).tensors().close();
      } catch (TrainingException expected) {
        assertThat(expected).hasMessageContaining(copy.toString());
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
