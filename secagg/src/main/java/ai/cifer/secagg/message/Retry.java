package ai.cifer.secagg.message;

import ai.cifer.secagg.codec.Bytes;
import ai.cifer.secagg.codec.FieldReader;
import ai.cifer.secagg.codec.FieldWriter;
import ai.cifer.secagg.codec.Hashing;
import java.util.List;

/// Coordinator to clients and helpers: a further attempt at one segment, and why it does no harm:
/// of each attempt before, the statements that nothing of it was revealed, or the certificate of
/// its cohort, which the new one must be then.
///
/// @param ctx the context of the round
/// @param segment the segment
/// @param attempt the new attempt, >= 1
/// @param statements about the attempts before, by ascending attempts and names
/// @param certified the cohorts of those about which there are too few, by ascending attempts
public record Retry(
    Bytes ctx,
    int segment,
    int attempt,
    List<NotRevealed> statements,
    List<CertifiedCohort> certified)
    implements Message {

  public static final String LABEL = "cifer.retry";

  /// How many attempts a segment has at most.
  public static final int MAX_ATTEMPTS = 16;

  private static final int MAX_STATEMENT_BYTES = 1 << 10;

  public Retry {
    Limits.hash(ctx);
    Limits.place(segment, attempt);
    if (attempt < 1 || attempt >= MAX_ATTEMPTS) {
      throw new IllegalArgumentException(
          "attempt: %d (expected: 1 to %d)".formatted(attempt, MAX_ATTEMPTS - 1));
    }
    Limits.atMost("statements", statements.size(), MAX_ATTEMPTS * Limits.MAX_HELPERS);
    statements = Limits.sorted(statements, Retry::order);
    Limits.atMost("certified cohorts", certified.size(), MAX_ATTEMPTS);
    certified = Limits.sorted(certified, each -> "%010d".formatted(each.cohort().attempt()));
  }

  /// After attempts of which nothing was revealed.
  public Retry(Bytes ctx, int segment, int attempt, List<NotRevealed> statements) {
    this(ctx, segment, attempt, statements, List.of());
  }

  /// Whether a client can have no part in it, since the cohort of an attempt before is without it.
  public boolean excludes(String client) {
    return certified.stream().anyMatch(each -> !each.cohort().clients().contains(client));
  }

  private static String order(NotRevealed statement) {
    return "%010d %s".formatted(statement.attempt(), statement.helper());
  }

  @Override
  public byte[] encode() {
    return FieldWriter.of(LABEL, VERSION)
        .fixed(ctx, Hashing.BYTES)
        .u31(segment)
        .u31(attempt)
        .list(statements, (out, statement) -> out.bytes(statement.encode()))
        .list(certified, (out, cohort) -> out.bytes(cohort.encode()))
        .toByteArray();
  }

  /// Reads what [#encode()] writes.
  public static Retry decode(byte[] bytes) {
    return FieldReader.decode(
        bytes,
        LABEL,
        VERSION,
        in ->
            new Retry(
                in.fixed(Hashing.BYTES),
                in.u31(),
                in.u31(),
                in.list(
                    MAX_ATTEMPTS * Limits.MAX_HELPERS,
                    Integer.BYTES,
                    each -> NotRevealed.decode(each.bytes(MAX_STATEMENT_BYTES).toByteArray())),
                in.list(
                    MAX_ATTEMPTS,
                    Integer.BYTES,
                    each ->
                        CertifiedCohort.decode(
                            each.bytes(CertifiedCohort.MAX_BYTES).toByteArray()))));
  }
}
