package ai.cifer.training.data;

import ai.cifer.fedlearn.train.Dataset;
import ai.cifer.fedlearn.train.Preprocessing;
import ai.cifer.fedlearn.train.Preprocessing.Divide;
import ai.cifer.fedlearn.train.Target;
import ai.cifer.fedlearn.train.TrainingException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The rows of a table after preprocessing. Features are computed when a batch is read, so that
/// nothing of the size of the data is held.
public final class Examples implements Dataset {

  private final Rows rows;
  private final Plan plan;
  private final Target target;
  private final @Nullable Order chosen;
  private final List<Integer> shape;
  private final int width;

  private @Nullable Table owned;

  private Examples(Rows rows, Plan plan, @Nullable Order chosen, Target target) {
    this.rows = rows;
    this.plan = plan;
    this.chosen = chosen;
    this.target = target;
    shape = plan.exampleShape();
    width = plan.features().stream().mapToInt(Feature::width).sum();
  }

  /// The examples of one split of a file as they lie there; they close the file.
  ///
  /// @throws TrainingException if it is missing or malformed, or needs preprocessing
  public static Examples open(Path file, Split split) throws TrainingException {
    Table table = Table.open(file, split);
    try {
      Examples examples = table.prepared(Preprocessing.NONE);
      examples.owned = table;
      return examples;
    } catch (TrainingException | RuntimeException failure) {
      table.close();
      throw failure;
    }
  }

  /// Looks at all labels once.
  static Examples of(Rows rows, Plan plan, Split split) throws TrainingException {
    Order chosen = chosen(rows, plan, split);
    Examples unchecked = new Examples(rows, plan, chosen, plan.label().target(0));
    if (unchecked.size() == 0) {
      throw new TrainingException("split: no examples (expected: at least one)");
    }
    if (!plan.label().isClasses()) {
      return unchecked;
    }
    int[] most = {0};
    unchecked.forEachLabel(label -> most[0] = Math.max(most[0], label));
    return new Examples(rows, plan, chosen, plan.label().target(most[0] + 1));
  }

  /// The rows of a split; null for all.
  static @Nullable Order chosen(Rows rows, Plan plan, Split split) {
    return rows.divided()
        ? null
        : plan.divide().map(step -> chosen(rows, step, split)).orElse(null);
  }

  /// Each row is drawn by itself: the draw depends on the seed and its number alone.
  private static Order chosen(Rows rows, Divide step, Split split) {
    // Lives as long as this dataset is reachable: four bytes a row.
    Order order = Order.withRoom(rows.size(), Arena.ofAuto());
    for (int row = 0; row < rows.size(); row++) {
      double draw = (Seeds.mixed(step.seed(), row) >>> 11) * 0x1p-53;
      if (draw < step.test() == (split == Split.TEST)) {
        order.add(row);
      }
    }
    return order;
  }

  private long row(long example) {
    return chosen == null ? example : chosen.get(example);
  }

  /// Takes a label.
  @FunctionalInterface
  private interface LabelSink {
    void accept(int label);
  }

  private void forEachLabel(LabelSink sink) throws TrainingException {
    LabelColumn label = plan.label();
    float[] scratch = new float[label.perExample()];
    int[] labels = new int[label.perExample()];
    for (long i = 0; i < size(); i++) {
      label.read(row(i), scratch, labels, 0);
      for (int each : labels) {
        sink.accept(each);
      }
    }
  }

  /// How many labels each class has.
  ///
  /// @throws TrainingException if the target is not classes
  public long[] classCounts() throws TrainingException {
    if (!(target instanceof Target.Classes(int count, int _))) {
      throw new TrainingException("target: %s (expected: classes)".formatted(target));
    }
    long[] counts = new long[count];
    forEachLabel(label -> counts[label]++);
    return counts;
  }

  /// The label of each example, in stored order.
  ///
  /// @throws TrainingException if the target is not one class an example
  public int[] labels() throws TrainingException {
    if (!(target instanceof Target.Classes(int _, int perExample)) || perExample != 1) {
      throw new TrainingException("target: %s (expected: one class an example)".formatted(target));
    }
    int[] labels = new int[Math.toIntExact(size())];
    int[] at = {0};
    forEachLabel(label -> labels[at[0]++] = label);
    return labels;
  }

  @Override
  public long size() {
    return chosen == null ? rows.size() : chosen.size();
  }

  @Override
  public List<Integer> exampleShape() {
    return shape;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public Batches batches(int batchSize, @Nullable RandomGenerator order) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch_size: %d (expected: >= 1)".formatted(batchSize));
    }
    Arena arena = Arena.ofShared();
    Order shuffled = order == null ? null : shuffled(order, arena);
    return new Batches() {
      private long at;

      @Override
      public @Nullable Batch next() throws TrainingException {
        if (at == size()) {
          return null;
        }
        int count = (int) Math.min(batchSize, size() - at);
        Batch batch = batch(shuffled, at, count);
        at += count;
        return batch;
      }

      @Override
      public void close() {
        arena.close();
      }
    };
  }

  private Order shuffled(RandomGenerator random, Arena arena) {
    Order order = Order.withRoom(size(), arena);
    for (long i = 0; i < size(); i++) {
      order.add((int) row(i));
    }
    order.shuffle(random);
    return order;
  }

  private Batch batch(@Nullable Order order, long from, int count) throws TrainingException {
    LabelColumn label = plan.label();
    float[] features = new float[Math.multiplyExact(count, width)];
    int per = label.perExample();
    int[] labels = new int[label.isClasses() ? count * per : 0];
    float[] targets = new float[label.isClasses() ? 0 : count * per];
    float[] scratch = new float[per];
    for (int i = 0; i < count; i++) {
      long row = order == null ? row(from + i) : order.get(from + i);
      int at = i * width;
      for (Feature feature : plan.features()) {
        feature.read(rows, row, features, at);
        at += feature.width();
      }
      if (label.isClasses()) {
        label.read(row, scratch, labels, i * per);
      } else {
        label.read(row, targets, i * per);
      }
    }
    return new Batch(count, features, labels, targets);
  }

  /// The table closes the rows, unless it was opened for these examples.
  @Override
  public void close() {
    if (owned != null) {
      owned.close();
    }
  }
}
