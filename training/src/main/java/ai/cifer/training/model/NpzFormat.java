package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelFormat;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.ModelSummary.TensorSummary;
import ai.cifer.fedlearn.train.TrainingException;
import ai.cifer.training.data.NpyArray;
import ai.cifer.training.data.NpyHeader;
import ai.cifer.training.data.NpyType;
import ai.cifer.training.data.NpzFile;
import ai.cifer.training.data.NpzWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Models in npz files: one array a tensor, and the text `__architecture__`, so that
/// `numpy.savez('m.npz', __architecture__='cnn', **tensors)` writes one.
///
/// Writing streams. Reading copies, since the arrays of a zip are not contiguous: a large model
/// goes through a temporary file beside it, so it costs disk and not memory.
public final class NpzFormat implements ModelFormat {

  private static final String ARCHITECTURE = "__architecture__";
  private static final int CHUNK = 1 << 14;

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
        if (isTrainable(npz.header(name))) {
          specs.add(new TensorSpec(name, shape(npz.header(name))));
        }
      }
      Tensors tensors = ModelMemory.allocate(file, new ModelLayout(specs));
      try {
        for (int i = 0; i < specs.size(); i++) {
          read(npz, specs.get(i).name(), tensors, i);
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

  private static boolean isTrainable(NpyHeader header) {
    return header.type().isFloating() && header.size() > 0;
  }

  private static List<Integer> shape(NpyHeader header) {
    return header.shape().stream().map(Math::toIntExact).toList();
  }

  private static void read(NpzFile npz, String name, Tensors out, int index)
      throws TrainingException {
    long from = out.layout().offset(index);
    NpyHeader header = npz.header(name);
    if (header.type() == NpyType.FLOAT32 && header.order() == ByteOrder.LITTLE_ENDIAN) {
      npz.readInto(name, out.bytes().asSlice(4 * from, 4 * header.size()));
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      NpyArray array = npz.read(name, arena);
      float[] chunk = new float[CHUNK];
      for (long at = 0; at < header.size(); at += CHUNK) {
        int count = (int) Math.min(CHUNK, header.size() - at);
        for (int i = 0; i < count; i++) {
          chunk[i] = array.real(at + i);
        }
        out.write(from + at, chunk, count);
      }
    }
  }

  private static String architecture(Path file, NpzFile npz) throws TrainingException {
    if (!npz.names().contains(ARCHITECTURE)) {
      return GlobalModel.TENSORS_ONLY;
    }
    NpyHeader header = npz.header(ARCHITECTURE);
    if (header.type() != NpyType.TEXT || header.size() != 1 || header.itemBytes() > 1 << 22) {
      throw new TrainingException(
          "%s: %s: %s (expected: one text)".formatted(file, ARCHITECTURE, header));
    }
    try (Arena arena = Arena.ofConfined()) {
      return npz.read(ARCHITECTURE, arena).text(0);
    }
  }

  @Override
  public ModelSummary summary(Path file) throws TrainingException {
    try (NpzFile npz = NpzFile.open(file)) {
      List<TensorSummary> tensors = new ArrayList<>();
      for (String name : npz.names()) {
        if (!name.equals(ARCHITECTURE)) {
          NpyHeader header = npz.header(name);
          String use = isTrainable(header) ? "trained" : "kept as it is";
          tensors.add(new TensorSummary(name, header.type().label(), shape(header), use));
        }
      }
      return new ModelSummary(name(), architecture(file, npz), tensors);
    } catch (ArithmeticException malformed) {
      throw new TrainingException("%s: %s".formatted(file, malformed.getMessage()), malformed);
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

  @Override
  public void rewrite(GlobalModel model, Path original, Path file) throws TrainingException {
    Tensors tensors = model.tensors();
    Map<String, Integer> indices = new HashMap<>();
    for (TensorSpec tensor : tensors.layout().tensors()) {
      indices.put(tensor.name(), indices.size());
    }
    try (NpzFile before = NpzFile.open(original);
        NpzWriter npz = NpzWriter.create(file)) {
      for (String name : before.names()) {
        NpyHeader header = before.header(name);
        Integer index = indices.remove(name);
        if (index == null && isTrainable(header)) {
          throw new TrainingException(
              "cannot write %s: tensor %s is missing".formatted(file, name));
        }
        try (Arena arena = Arena.ofConfined()) {
          if (index == null) {
            npz.write(name, header, before.read(name, arena).data());
          } else {
            npz.write(
                name,
                NpyHeader.of(header.type(), header.shape()),
                encoded(tensors, index, header, arena));
          }
        }
      }
      if (!indices.isEmpty()) {
        throw new TrainingException(
            "cannot write %s: %s are not in the original".formatted(file, indices.keySet()));
      }
      npz.commit();
    } catch (IOException failure) {
      throw new TrainingException("cannot write %s: %s".formatted(file, failure), failure);
    }
  }

  private static MemorySegment encoded(Tensors tensors, int index, NpyHeader header, Arena arena)
      throws IOException {
    TensorSpec spec = tensors.layout().tensors().get(index);
    if (!spec.shape().equals(shape(header))) {
      throw new IOException(
          "tensor %s: %s (expected: %s, as in the original)"
              .formatted(spec.name(), spec.shape(), header.shape()));
    }
    ElementType type = ElementType.valueOf(header.type().name());
    MemorySegment out = arena.allocate(header.dataBytes());
    float[] chunk = new float[CHUNK];
    for (long at = 0; at < spec.size(); at += CHUNK) {
      int count = (int) Math.min(CHUNK, spec.size() - at);
      tensors.read(tensors.layout().offset(index) + at, chunk, count);
      type.write(chunk, 0, out, at * type.bytes(), count);
    }
    return out;
  }
}
