package ai.cifer.fedlearn.train;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Examples of one shape with what is learnt about them, read in batches; may be larger than
/// memory.
public interface Dataset extends AutoCloseable {

  /// Which examples of a file that holds several sets.
  enum Split {
    TRAIN,
    TEST
  }

  long size();

  /// The shape of one example, for example `[28, 28]`.
  List<Integer> exampleShape();

  /// What is learnt about an example.
  Target target();

  /// All examples once, in the order that `order` draws, or in stored order when it is null.
  Batches batches(int batchSize, @Nullable RandomGenerator order);

  @Override
  void close();

  /// One pass over the examples.
  interface Batches extends AutoCloseable {

    /// The next batch, of the size that was asked for unless it is the last; null after that.
    ///
    /// @throws TrainingException if an example cannot be read
    @Nullable Batch next() throws TrainingException;

    @Override
    void close();
  }

  /// @param features `size * product(exampleShape)` values, one example after the other. Tokens are
  ///   whole numbers, exact below 2^24
  /// @param labels of [Target.Classes], `size * perExample`; empty otherwise
  /// @param targets of [Target.Numbers], `size * perExample`; empty otherwise
  record Batch(int size, float[] features, int[] labels, float[] targets) {}
}
