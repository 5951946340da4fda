package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Labelled examples from an npz file with `x_train` and `y_train`, and with `x_test` and `y_test`
/// when it holds a test set.
///
/// Integer features are pixels, 0 to 255 (0 to 65535 for uint16), and are scaled to `[0, 1]` by
/// that range, never by the values found: every participant must scale alike. Floats are taken as
/// they are. Features stay outside the heap in the type of the file: images cost a byte a pixel.
public final class NpzDataset implements Dataset {

  /// Labels above this are no classes but something else, such as a regression target.
  static final int MAX_CLASSES = 1 << 16;

  private final Arena arena;
  private final NpyArray features;
  private final float divisor;
  private final int[] labels;
  private final int classes;
  private final int exampleSize;

  private NpzDataset(Arena arena, NpyArray features, float divisor, int[] labels, int classes) {
    this.arena = arena;
    this.features = features;
    this.divisor = divisor;
    this.labels = labels;
    this.classes = classes;
    exampleSize = Math.toIntExact(features.header().rowSize());
  }

  /// Reads one split of `file` into memory.
  ///
  /// @throws TrainingException if the file or the split is missing or malformed, or a label is not
  ///   a class
  public static NpzDataset open(Path file, Split split) throws TrainingException {
    String suffix = split.name().toLowerCase(Locale.ROOT);
    try (NpzFile npz = NpzFile.open(file)) {
      requireArrays(file, npz.names(), suffix);
      Arena arena = Arena.ofShared();
      try {
        return read(npz, suffix, arena);
      } catch (TrainingException failure) {
        arena.close();
        throw new TrainingException(inFile(file, failure), failure);
      } catch (RuntimeException failure) {
        arena.close();
        throw failure;
      }
    }
  }

  private static String inFile(Path file, TrainingException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.startsWith(file.toString()) ? message : file + ": " + message;
  }

  private static void requireArrays(Path file, Set<String> names, String suffix)
      throws TrainingException {
    for (String name : List.of("x_" + suffix, "y_" + suffix)) {
      if (!names.contains(name)) {
        throw new TrainingException(
            "%s: no array %s (found: %s); the %s split needs x_%s and y_%s"
                .formatted(file, name, names, suffix, suffix, suffix));
      }
    }
  }

  private static NpzDataset read(NpzFile npz, String suffix, Arena arena) throws TrainingException {
    NpyArray labels;
    int[] classes;
    NpyHeader header = npz.header("x_" + suffix);
    requireFeatures("x_" + suffix, header);
    try (Arena brief = Arena.ofConfined()) {
      labels = npz.read("y_" + suffix, brief);
      requireRows("y_" + suffix, labels.header(), header.shape().getFirst());
      classes = classes(labels);
    }
    NpyArray features = npz.read("x_" + suffix, arena);
    float divisor = divisor(features);
    return new NpzDataset(
        arena, features, divisor, classes, Arrays.stream(classes).max().orElse(0) + 1);
  }

  private static void requireFeatures(String name, NpyHeader header) throws TrainingException {
    if (header.type() == NpyType.TEXT || header.shape().isEmpty() || header.size() < 1) {
      throw new TrainingException(
          "%s: %s (expected: numbers, at least one example)".formatted(name, header));
    }
    if (header.rowSize() > Integer.MAX_VALUE || header.shape().getFirst() > Integer.MAX_VALUE) {
      throw new TrainingException(
          "%s: %s (expected: fewer than 2^31 examples and values in one)".formatted(name, header));
    }
  }

  private static void requireRows(String name, NpyHeader header, long rows)
      throws TrainingException {
    if (!header.type().isInteger()) {
      throw new TrainingException("%s: %s (expected: integer labels)".formatted(name, header));
    }
    if (header.shape().isEmpty() || header.shape().getFirst() != rows || header.size() != rows) {
      throw new TrainingException(
          "%s: %s (expected: one label for each of %d examples)".formatted(name, header, rows));
    }
  }

  private static int[] classes(NpyArray labels) throws TrainingException {
    int[] out = new int[(int) labels.header().size()];
    for (int i = 0; i < out.length; i++) {
      long label = labels.integer(i);
      if (label < 0 || label >= MAX_CLASSES) {
        throw new TrainingException(
            "label: %d at index %d (expected: 0 to %d)".formatted(label, i, MAX_CLASSES - 1));
      }
      out[i] = (int) label;
    }
    return out;
  }

  private static float divisor(NpyArray features) throws TrainingException {
    return switch (features.header().type()) {
      case BOOL, FLOAT16, FLOAT32, FLOAT64, TEXT -> 1;
      case UINT8 -> 255;
      case UINT16 -> 65535;
      case INT8, INT16, INT32, INT64, UINT32, UINT64 -> {
        requirePixels(features);
        yield 255;
      }
    };
  }

  private static void requirePixels(NpyArray features) throws TrainingException {
    for (long i = 0; i < features.header().size(); i++) {
      long value = features.integer(i);
      if (value < 0 || value > 255) {
        throw new TrainingException(
            "pixel: %d at index %d (expected: 0 to 255; save other ranges as floats)"
                .formatted(value, i));
      }
    }
  }

  /// How many examples each class has.
  public long[] classCounts() {
    long[] counts = new long[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /// The labels, in stored order; a copy.
  public int[] labels() {
    return labels.clone();
  }

  @Override
  public long size() {
    return labels.length;
  }

  @Override
  public List<Integer> exampleShape() {
    return features.header().shape().stream().skip(1).map(Math::toIntExact).toList();
  }

  @Override
  public Target target() {
    return new Target.Classes(classes, 1);
  }

  @Override
  public Batches batches(int batchSize, @Nullable RandomGenerator order) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size: %d (expected: >= 1)".formatted(batchSize));
    }
    int[] examples = new int[labels.length];
    Arrays.setAll(examples, i -> i);
    if (order != null) {
      Shuffle.inPlace(examples, order);
    }
    return new Batches() {
      private int at;

      @Override
      public @Nullable Batch next() {
        if (at == examples.length) {
          return null;
        }
        Batch batch = batch(examples, at, Math.min(batchSize, examples.length - at));
        at += batch.size();
        return batch;
      }

      @Override
      public void close() {}
    };
  }

  private Batch batch(int[] examples, int from, int count) {
    float[] values = new float[Math.multiplyExact(count, exampleSize)];
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      int example = examples[from + i];
      features.reals((long) example * exampleSize, exampleSize, divisor, values, i * exampleSize);
      classes[i] = labels[example];
    }
    return new Batch(count, values, classes, new float[0]);
  }

  @Override
  public void close() {
    arena.close();
  }
}
