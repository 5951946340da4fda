package ai.cifer.training.model;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.GlobalModel;
import ai.cifer.fedlearn.train.ModelSummary;
import ai.cifer.fedlearn.train.ModelSummary.TensorSummary;
import ai.cifer.fedlearn.train.TrainingException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// A model as places in files: what every container of tensors comes down to.
///
/// Only trainable tensors are in the layout of the federation. Tensors that share all their
/// elements are one: the first name stands for all, so tied weights stay tied. The others are kept
/// as the file has them.
public final class PlacedModel {

  private final String architecture;
  private final List<PlacedTensor> tensors;
  private final List<PlacedTensor> trainable = new ArrayList<>();
  private final Map<String, String> tied = new HashMap<>();
  private final ModelLayout layout;

  /// @throws IOException if no tensor can be trained, or names are malformed or appear twice
  public PlacedModel(String architecture, List<PlacedTensor> tensors) throws IOException {
    this.architecture = architecture;
    this.tensors = List.copyOf(tensors);
    Map<PlacedTensor, String> first = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (PlacedTensor tensor : this.tensors) {
      if (!names.add(tensor.name())) {
        throw new IOException("tensor name appears twice: " + tensor.name());
      }
      if (!tensor.isTrainable()) {
        continue;
      }
      String other = first.putIfAbsent(nameless(tensor), tensor.name());
      if (other == null) {
        trainable.add(tensor);
      } else {
        tied.put(tensor.name(), other);
      }
    }
    if (trainable.isEmpty()) {
      throw new IOException(
          "tensors of a floating type: 0 of %d (expected: >= 1)".formatted(tensors.size()));
    }
    try {
      layout = new ModelLayout(trainable.stream().map(PlacedTensor::spec).toList());
    } catch (IllegalArgumentException malformed) {
      throw new IOException(malformed.getMessage(), malformed);
    }
  }

  private static PlacedTensor nameless(PlacedTensor tensor) {
    return new PlacedTensor(
        "", tensor.type(), tensor.shape(), tensor.file(), tensor.offset(), tensor.strides());
  }

  /// The values that a federation trains.
  public ModelLayout layout() {
    return layout;
  }

  /// The tensors of the layout, in its order.
  public List<PlacedTensor> trainable() {
    return List.copyOf(trainable);
  }

  /// The name under which a tensor is in the layout: its own, or the one that it is tied to.
  public String representative(String name) {
    return tied.getOrDefault(name, name);
  }

  /// Everything but the values, of a file that does not say what gradients change.
  public ModelSummary summary(String format) {
    return summary(format, _ -> false);
  }

  /// Everything but the values.
  ///
  /// @param isBuffer whether no gradient changes a tensor
  public ModelSummary summary(String format, Predicate<String> isBuffer) {
    List<TensorSummary> summaries = new ArrayList<>();
    for (PlacedTensor tensor : tensors) {
      String other = tied.get(tensor.name());
      String use =
          other != null
              ? "tied to " + other
              : !tensor.isTrainable()
                  ? "kept as it is"
                  : isBuffer.test(tensor.name()) ? ModelSummary.BUFFER : "trained";
      summaries.add(new TensorSummary(tensor.name(), tensor.type().title(), tensor.shape(), use));
    }
    return new ModelSummary(format, architecture, summaries);
  }

  /// Opens the values: mapped where they lie as a federation wants them, else copied.
  ///
  /// @param named large copies go beside this file
  public GlobalModel open(Path named) throws IOException, TrainingException {
    if (isFlat()) {
      PlacedTensor first = trainable.getFirst();
      return new GlobalModel(architecture, Tensors.open(first.file(), first.offset(), layout));
    }
    Tensors values = ModelMemory.allocate(named, layout);
    try (Arena arena = Arena.ofConfined()) {
      var files = new Files(arena, MapMode.READ_ONLY);
      for (int i = 0; i < trainable.size(); i++) {
        long start = layout.offset(i);
        PlacedTensor tensor = trainable.get(i);
        tensor.read(
            files.of(tensor.file()),
            (from, chunk, count) -> values.write(start + from, chunk, count));
      }
      return new GlobalModel(architecture, values);
    } catch (IOException | RuntimeException failure) {
      values.close();
      throw failure;
    }
  }

  private boolean isFlat() {
    PlacedTensor first = trainable.getFirst();
    long at = first.offset();
    for (PlacedTensor tensor : trainable) {
      if (tensor.type() != ElementType.FLOAT32
          || !tensor.isDense()
          || !tensor.file().equals(first.file())
          || tensor.offset() != at) {
        return false;
      }
      at = tensor.end();
    }
    return true;
  }

  /// Replaces the values of every trainable tensor.
  ///
  /// @param values of the same tensors, in any order
  /// @param draftOf the file to write into, a copy of the one that was read
  public void replace(Tensors values, UnaryOperator<Path> draftOf) throws IOException {
    Map<String, Integer> indices = new HashMap<>();
    List<TensorSpec> specs = values.layout().tensors();
    for (int i = 0; i < specs.size(); i++) {
      indices.put(specs.get(i).name(), i);
    }
    if (specs.size() != trainable.size()) {
      throw new IOException(
          "tensors: %d (expected: the %d of the original)"
              .formatted(specs.size(), trainable.size()));
    }
    try (Arena arena = Arena.ofConfined()) {
      var files = new Files(arena, MapMode.READ_WRITE);
      for (PlacedTensor tensor : trainable) {
        Integer index = indices.get(tensor.name());
        if (index == null || !specs.get(index).shape().equals(tensor.shape())) {
          throw new IOException(
              "tensor %s: %s (expected: %s, as in the original)"
                  .formatted(
                      tensor.name(),
                      index == null ? "missing" : specs.get(index).shape(),
                      tensor.shape()));
        }
        long start = values.layout().offset(index);
        tensor.write(
            files.of(draftOf.apply(tensor.file())),
            (from, chunk, count) -> values.read(start + from, chunk, count));
      }
    }
  }

  /// Maps each file once.
  private static final class Files {
    private final Arena arena;
    private final MapMode mode;
    private final Map<Path, MemorySegment> mapped = new HashMap<>();

    Files(Arena arena, MapMode mode) {
      this.arena = arena;
      this.mode = mode;
    }

    MemorySegment of(Path file) throws IOException {
      MemorySegment found = mapped.get(file);
      if (found == null) {
        var options =
            mode == MapMode.READ_ONLY
                ? Set.of(StandardOpenOption.READ)
                : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options)) {
          found = channel.map(mode, 0, channel.size(), arena);
        }
        mapped.put(file, found);
      }
      return found;
    }
  }
}
