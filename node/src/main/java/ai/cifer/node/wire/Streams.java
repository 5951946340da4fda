package ai.cifer.node.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of streams: `model.<round>` down, `segment.<round>.<segment>.<attempt>` up.
public final class Streams {

  private static final Pattern MODEL = Pattern.compile("model\\.([0-9]{1,9})");
  private static final Pattern SEGMENT =
      Pattern.compile("segment\\.([0-9]{1,9})\\.([0-9]{1,9})\\.([0-9]{1,9})");

  private Streams() {}

  /// What a segment's stream is about.
  public record SegmentRef(int round, int segment, int attempt) {}

  /// The model that `round` starts from.
  public static String model(int round) {
    return "model." + round;
  }

  public static String segment(SegmentRef ref) {
    return "segment.%d.%d.%d".formatted(ref.round(), ref.segment(), ref.attempt());
  }

  /// The round of a model's stream, if `name` is one.
  public static Optional<Integer> parseModel(String name) {
    Matcher matcher = MODEL.matcher(name);
    return matcher.matches() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
  }

  /// What `name` is about, if it is a segment's stream.
  public static Optional<SegmentRef> parseSegment(String name) {
    Matcher matcher = SEGMENT.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new SegmentRef(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }
}
