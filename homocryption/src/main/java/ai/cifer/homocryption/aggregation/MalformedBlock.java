package ai.cifer.homocryption.aggregation;

/// Bytes that are no masked block: too few of them, or a residue that is not canonical.
public final class MalformedBlock extends AggregationException {
  MalformedBlock(String message) {
    super(message);
  }
}
