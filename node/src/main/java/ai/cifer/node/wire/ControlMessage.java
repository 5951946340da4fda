package ai.cifer.node.wire;

import ai.cifer.transport.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// What nodes tell each other beside the protocol of the cryptography: JSON in the body of an
/// [Envelope] whose kind is the record's name in kebab case.
///
/// None of it is secret, none of it is trusted: it is shown, counted and used to tell whether a
/// participant is alive.
public sealed interface ControlMessage {

  /// Longer bodies are refused before they are parsed.
  int MAX_BYTES = 1 << 16;

  /// A client or key holder is ready for rounds.
  ///
  /// @param examples how many examples a client has; 0 for a key holder
  /// @param activeRound the round of which this process still holds the key that shares are sealed
  ///   with; 0 for none
  record Join(long examples, int activeRound) implements ControlMessage {}

  /// The coordinator asks a helper for its key of a round.
  record HelloRequest(String federation, String run, int round) implements ControlMessage {}

  /// The coordinator asks a participant to commit to random bytes, with which helpers are drawn.
  ///
  /// @param draw its number in the round, from 1
  record CommitmentRequest(String run, int round, int draw) implements ControlMessage {}

  /// How far a client is with a long step.
  record Progress(int round, String step, long done, long total) implements ControlMessage {
    public Progress {
      step = PlainText.of(step);
    }
  }

  /// A client sends nothing (more) in this round; as a helper it may go on.
  ///
  /// @param reason for people; without what only its sender may know
  /// @param forGood whether it would say the same to every further round of this run
  record Withdraw(int round, String reason, boolean forGood) implements ControlMessage {
    public Withdraw {
      reason = PlainText.of(reason);
    }
  }

  /// A segment of a client is on the coordinator's disk with all that belongs to it: its client
  /// need not be able to send it again.
  record SegmentKept(int round, int segment, int attempt) implements ControlMessage {}

  /// A helper answers nothing more in this round; as a client it may go on.
  ///
  /// @param reason for people
  /// @param forGood as of [Withdraw]
  record StopHelping(int round, String reason, boolean forGood) implements ControlMessage {
    public StopHelping {
      reason = PlainText.of(reason);
    }
  }

  /// A helper does not work on one attempt at a segment any more.
  ///
  /// @param reason for people
  record DeclineSegment(int round, int segment, int attempt, String reason)
      implements ControlMessage {
    public DeclineSegment {
      reason = PlainText.of(reason);
    }
  }

  /// The coordinator asks a helper to state that it revealed nothing of an attempt that failed.
  record StatementRequest(int round, int segment, int attempt) implements ControlMessage {}

  /// A helper does not state that it revealed nothing of an attempt.
  ///
  /// @param reason for people
  record DeclineStatement(int round, int segment, int attempt, String reason)
      implements ControlMessage {
    public DeclineStatement {
      reason = PlainText.of(reason);
    }
  }

  /// Where a client's time and bytes went in a round.
  record Report(
      int round, double trainSeconds, double encryptSeconds, long uploadBytes, long downloadBytes)
      implements ControlMessage {}

  /// The round is void.
  record RoundVoid(int round, String reason) implements ControlMessage {
    public RoundVoid {
      reason = PlainText.of(reason);
    }
  }

  /// The run is over.
  ///
  /// @param reason empty when all rounds are done
  record RunEnd(int completed, String reason) implements ControlMessage {
    public RunEnd {
      reason = PlainText.of(reason);
    }
  }

  /// A peer that leaves a field out is refused: what it would be read as, nobody said.
  JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  default Envelope envelope() {
    return new Envelope(
        kind(getClass()), "", JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
  }

  static String kind(Class<? extends ControlMessage> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /// Reads the body of an envelope of this type's kind.
  ///
  /// @throws MalformedControl if it is too long or not such a message
  static <T extends ControlMessage> T read(Envelope envelope, Class<T> type)
      throws MalformedControl {
    if (envelope.body().length > MAX_BYTES) {
      throw new MalformedControl(
          "body of %s: %d bytes (expected: <= %d)"
              .formatted(envelope.kind(), envelope.body().length, MAX_BYTES));
    }
    try {
      @Nullable T message = JSON.readValue(envelope.body(), type);
      // What the JSON `null` is read as.
      if (message == null) {
        throw malformed(envelope, null);
      }
      return message;
    } catch (JacksonException malformed) {
      throw malformed(envelope, malformed);
    }
  }

  private static MalformedControl malformed(Envelope envelope, @Nullable Exception cause) {
    return new MalformedControl(
        "body of %s is malformed (expected: a JSON object)".formatted(envelope.kind()), cause);
  }
}
