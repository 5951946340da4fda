package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.NpyHeader;
import ai.cifer.training.data.NpyType;
import ai.cifer.training.data.NpzFile;
import ai.cifer.training.data.NpzWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Models in npz files: one float32 array a tensor, and the text `__architecture__`, so that
/// `numpy.savez('m.npz', __architecture__='cnn', **tensors)` writes one.
///
/// Writing streams. Reading copies, since the arrays of a zip are not contiguous: a model above
/// [#MAPPED_BYTES] goes through a temporary file beside it, so it costs disk and not memory.
public final class NpzFormat implements ModelFormat {

  private static final String ARCHITECTURE = "__architecture__";

  /// Up to here a copy in memory is cheaper than a file.
  private static final long MAPPED_BYTES = 256L << 20;

  @Override
  public String name() {
    return "npz";
  }

  @Override
  public boolean handles(Path file) {
    return file.toString().endsWith(".npz");
  }

  @Override
  public GlobalModel read(Path file) throws TrainingException {
    try (NpzFile npz = NpzFile.open(file)) {
      String architecture = architecture(file, npz);
      List<TensorSpec> specs = new ArrayList<>();
      for (String name : npz.names()) {
        if (!name.equals(ARCHITECTURE)) {
          specs.add(tensor(file, name, npz.header(name)));
        }
      }
      Tensors tensors = allocate(file, new ModelLayout(specs));
      try {
        for (int i = 0; i < specs.size(); i++) {
          long from = 4 * tensors.layout().offset(i);
          npz.readInto(specs.get(i).name(), tensors.bytes().asSlice(from, 4 * specs.get(i).size()));
        }
        return new GlobalModel(architecture, tensors);
      } catch (TrainingException | RuntimeException failure) {
        tensors.close();
        throw failure;
      }
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      throw new TrainingException("%s: %s".formatted(file, malformed.getMessage()), malformed);
    }
  }

  private static String architecture(Path file, NpzFile npz) throws TrainingException {
    if (!npz.names().contains(ARCHITECTURE)) {
      throw new TrainingException(
          "%s: no array %s (found: %s); save it with numpy.savez(..., %s='cnn')"
              .formatted(file, ARCHITECTURE, npz.names(), ARCHITECTURE));
    }
    NpyHeader header = npz.header(ARCHITECTURE);
    if (header.type() != NpyType.TEXT || header.size() != 1 || header.itemBytes() > 4096) {
      throw new TrainingException(
          "%s: %s: %s (expected: one text)".formatted(file, ARCHITECTURE, header));
    }
    try (Arena arena = Arena.ofConfined()) {
      return npz.read(ARCHITECTURE, arena).text(0);
    }
  }

  private static TensorSpec tensor(Path file, String name, NpyHeader header)
      throws TrainingException {
    if (header.type() != NpyType.FLOAT32 || header.order() != ByteOrder.LITTLE_ENDIAN) {
      throw new TrainingException(
          "%s: tensor %s: %s (expected: float32, little endian)".formatted(file, name, header));
    }
    return new TensorSpec(name, header.shape().stream().map(Math::toIntExact).toList());
  }

  private static Tensors allocate(Path file, ModelLayout layout) throws TrainingException {
    if (4 * layout.parameters() <= MAPPED_BYTES) {
      return Tensors.allocate(layout);
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      Path copy = Files.createTempFile(folder, "model", ".part");
      try {
        return Tensors.create(copy, layout);
      } finally {
        // A mapping outlives the name of its file; where it does not, the file goes at exit.
        copy.toFile().deleteOnExit();
        deleteQuietly(copy);
      }
    } catch (IOException failure) {
      throw new TrainingException("cannot read %s: %s".formatted(file, failure), failure);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException inUse) {
      System.getLogger(NpzFormat.class.getName())
          .log(System.Logger.Level.DEBUG, "deleting " + file, inUse);
    }
  }

  @Override
  public void write(GlobalModel model, Path file) throws TrainingException {
    try (NpzWriter npz = NpzWriter.create(file)) {
      npz.write(ARCHITECTURE, model.architecture());
      Tensors tensors = model.tensors();
      for (int i = 0; i < tensors.layout().tensors().size(); i++) {
        TensorSpec tensor = tensors.layout().tensors().get(i);
        npz.write(
            tensor.name(),
            NpyHeader.of(NpyType.FLOAT32, tensor.shape().stream().map(Integer::longValue).toList()),
            tensors.bytes().asSlice(4 * tensors.layout().offset(i), 4 * tensor.size()));
      }
      npz.commit();
    } catch (IOException failure) {
      throw new TrainingException("cannot write %s: %s".formatted(file, failure), failure);
    }
  }
}
