package ai.cifer.fedlearn.tensor;

import java.util.ArrayList;
import java.util.List;

/// The places of a model whose values a round leaves as they were, since a segment that holds what
/// clients sent for them was not opened. Whatever is remembered of these places stays, too: what
/// belongs together, such as a weight and its momentum, is of the same round.
///
/// @param ranges may overlap
public record KeptPlaces(List<Range> ranges) {
  private static final int CHUNK = 1 << 14;

  /// Where all segments were opened.
  public static final KeptPlaces NONE = new KeptPlaces(List.of());

  /// @param from the first place
  /// @param to the place after the last, > `from`
  public record Range(long from, long to) {}

  public KeptPlaces {
    ranges = List.copyOf(ranges);
  }

  /// @param parameters of the model
  /// @param vectors how many vectors of that size clients sent, one after the other
  /// @param abandoned the segments that were not opened
  public static KeptPlaces of(long parameters, int vectors, List<Segment> abandoned) {
    List<Range> ranges = new ArrayList<>();
    for (Segment segment : abandoned) {
      for (int vector = 0; vector < vectors; vector++) {
        long start = vector * parameters;
        long from = Math.max(segment.from(), start) - start;
        long to = Math.min(segment.from() + segment.size(), start + parameters) - start;
        if (from < to) {
          ranges.add(new Range(from, to));
        }
      }
    }
    return new KeptPlaces(ranges);
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /// Copies the values of these places.
  ///
  /// @param before the model's size
  /// @param after the same
  public void restore(Tensors before, Tensors after) {
    float[] values = new float[CHUNK];
    for (Range range : ranges) {
      for (long at = range.from; at < range.to; at += CHUNK) {
        int count = (int) Math.min(CHUNK, range.to - at);
        before.read(at, values, count);
        after.write(at, values, count);
      }
    }
  }

  /// Writes zeros to these places.
  public void clear(Tensors values) {
    float[] zeros = new float[CHUNK];
    for (Range range : ranges) {
      for (long at = range.from; at < range.to; at += CHUNK) {
        values.write(at, zeros, (int) Math.min(CHUNK, range.to - at));
      }
    }
  }
}
