package ai.cifer.fedlearn.round;

/// How many participants a phase needs, and how many it waits for while they are alive.
///
/// @param min fewer than this make the round void
/// @param max the phase ends at once when this many have answered
public record Bounds(int min, int max) {
  public Bounds {
    if (min < 0 || max < min) {
      throw new IllegalArgumentException(
          "bounds: %d to %d (expected: 0 <= min <= max)".formatted(min, max));
    }
  }
}
