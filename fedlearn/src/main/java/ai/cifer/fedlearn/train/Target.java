package ai.cifer.fedlearn.train;

/// What is learnt about an example.
public sealed interface Target {

  /// How many of them an example has.
  int perExample();

  /// Classification: labels are `0` to `count - 1`.
  ///
  /// @param count of classes, >= 1
  /// @param perExample 1, or the length of a sequence that has a label at each position
  record Classes(int count, int perExample) implements Target {}

  /// Regression.
  ///
  /// @param perExample numbers to predict, >= 1
  record Numbers(int perExample) implements Target {}
}
