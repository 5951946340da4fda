package ai.cifer.fedlearn.train;

import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Labelled examples of one shape, read in batches; may be larger than memory.
public interface Dataset extends AutoCloseable {

  /// Which examples of a file that holds several sets.
  enum Split {
    TRAIN,
    TEST
  }

  long size();

  /// The shape of one example, for example `[28, 28]`.
  List<Integer> exampleShape();

  /// Labels are `0` to `classes() - 1`.
  int classes();

  /// All examples once, in the order that `order` draws, or in stored order when it is null.
  Iterator<Batch> batches(int batchSize, @Nullable RandomGenerator order);

  @Override
  void close();

  /// @param features `size * product(exampleShape)` values, one example after the other
  /// @param labels one a feature row
  record Batch(int size, float[] features, int[] labels) {}
}
