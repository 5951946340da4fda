package ai.cifer.fedlearn.strategy;

/// One vector that a strategy remembers from round to round, of the model's layout.
///
/// @param name lower case letters and underscores, for example `momentum`; part of a file's name
/// @param initial every value of it before the first round
/// @param sent whether clients get it beside the model: what their rule calls a guide
public record MemoryVector(String name, float initial, boolean sent) {

  /// One that stays with the coordinator.
  public MemoryVector(String name, float initial) {
    this(name, initial, false);
  }

  public MemoryVector {
    if (!name.matches("[a-z][a-z_]{0,31}")) {
      throw new IllegalArgumentException(
          "memory vector: %s (expected: 1 to 32 lower case letters and underscores)"
              .formatted(name));
    }
    if (!Float.isFinite(initial)) {
      throw new IllegalArgumentException(
          "initial value of %s: %s (expected: finite)".formatted(name, initial));
    }
  }
}
