package ai.cifer.fedlearn.strategy;

import ai.cifer.fedlearn.tensor.Tensors;
import java.util.List;

/// What a strategy remembers, before and after a round, in the order of [Strategy#memory]. Two
/// copies, so that a round that fails half-way leaves what was before untouched.
///
/// @param before what it remembered; not modified
/// @param after what it will remember; every value is written
public record Memory(List<Tensors> before, List<Tensors> after) {

  /// Of a strategy that remembers nothing.
  public static final Memory NONE = new Memory(List.of(), List.of());

  public Memory {
    before = List.copyOf(before);
    after = List.copyOf(after);
    if (before.size() != after.size()) {
      throw new IllegalArgumentException(
          "memory: %d vectors before, %d after (expected: as many)"
              .formatted(before.size(), after.size()));
    }
  }
}
