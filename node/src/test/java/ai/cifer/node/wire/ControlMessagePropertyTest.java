package ai.cifer.node.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.node.wire.ControlMessage.CommitmentRequest;
import ai.cifer.node.wire.ControlMessage.DeclineSegment;
import ai.cifer.node.wire.ControlMessage.DeclineStatement;
import ai.cifer.node.wire.ControlMessage.HelloRequest;
import ai.cifer.node.wire.ControlMessage.Join;
import ai.cifer.node.wire.ControlMessage.Progress;
import ai.cifer.node.wire.ControlMessage.Report;
import ai.cifer.node.wire.ControlMessage.RoundVoid;
import ai.cifer.node.wire.ControlMessage.RunEnd;
import ai.cifer.node.wire.ControlMessage.StatementRequest;
import ai.cifer.node.wire.ControlMessage.StopHelping;
import ai.cifer.node.wire.ControlMessage.Withdraw;
import ai.cifer.transport.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/// What is sent is what is read, and nothing else is read.
class ControlMessagePropertyTest {

  /// One of each, with values that are easy to damage.
  private static final List<ControlMessage> SAMPLES =
      List.of(
          new Join(100, 3),
          new HelloRequest("federation", "run", 1),
          new ControlMessage.SegmentKept(1, 2, 0),
          new CommitmentRequest("run", 1, 2),
          new Progress(1, "train", 5, 10),
          new Withdraw(2, "NaN", false),
          new StopHelping(2, "key lost", true),
          new DeclineSegment(2, 1, 0, "key lost"),
          new StatementRequest(2, 1, 0),
          new DeclineStatement(2, 1, 0, "revealed"),
          new Report(3, 1.5, 0.25, 10, 20),
          new RoundVoid(6, "too few"),
          new RunEnd(7, ""));

  @Provide
  Arbitrary<ControlMessage> messages() {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(200);
    Arbitrary<Integer> integer = Arbitraries.integers();
    Arbitrary<Long> count = Arbitraries.longs();
    Arbitrary<Double> seconds = Arbitraries.doubles();
    return Arbitraries.oneOf(
        Combinators.combine(count, integer).as(Join::new),
        Combinators.combine(text, text, integer).as(HelloRequest::new),
        Combinators.combine(text, integer, integer).as(CommitmentRequest::new),
        Combinators.combine(integer, text, count, count).as(Progress::new),
        Combinators.combine(integer, text, Arbitraries.of(true, false)).as(Withdraw::new),
        Combinators.combine(integer, text, Arbitraries.of(true, false)).as(StopHelping::new),
        Combinators.combine(integer, integer, integer, text).as(DeclineSegment::new),
        Combinators.combine(integer, integer, integer).as(StatementRequest::new),
        Combinators.combine(integer, integer, integer, text).as(DeclineStatement::new),
        Combinators.combine(integer, seconds, seconds, count, count).as(Report::new),
        Combinators.combine(integer, text).as(RoundVoid::new),
        Combinators.combine(integer, text).as(RunEnd::new));
  }

  @Property(tries = 500)
  void whatIsSent_isRead(@ForAll("messages") ControlMessage message) throws IOException {
    Envelope envelope = message.envelope();
    assertThat(envelope.kind()).isEqualTo(ControlMessage.kind(message.getClass()));
    assertThat(ControlMessage.read(envelope, message.getClass())).isEqualTo(message);
  }

  @Example
  void kinds_areTheNamesInKebabCase() {
    assertThat(SAMPLES.stream().map(message -> message.envelope().kind()))
        .containsExactly(
            "join",
            "hello-request",
            "segment-kept",
            "commitment-request",
            "progress",
            "withdraw",
            "stop-helping",
            "decline-segment",
            "statement-request",
            "decline-statement",
            "report",
            "round-void",
            "run-end");
    assertThat(SAMPLES).hasSameSizeAs(ControlMessage.class.getPermittedSubclasses());
  }

  @Property(tries = 1000)
  void randomBytes_areRefusedAndNothingElseHappens(@ForAll @Size(max = 200) byte[] body) {
    for (ControlMessage sample : SAMPLES) {
      refusedOrRead(body, sample);
    }
  }

  /// Damaged messages come much deeper into the parser than random bytes.
  @Property(tries = 1000)
  void damagedMessages_areRefusedOrWhole(
      @ForAll("messages") ControlMessage message, @ForAll int place, @ForAll byte damage) {
    byte[] body = message.envelope().body();
    body[Math.floorMod(place, body.length)] = damage;
    refusedOrRead(body, message);
  }

  private static void refusedOrRead(byte[] body, ControlMessage sample) {
    try {
      ControlMessage read =
          ControlMessage.read(new Envelope(sample.envelope().kind(), "", body), sample.getClass());
      // Whatever came through has no hole: its components can be printed and compared.
      assertThat(read).isNotNull();
      assertThat(read.toString()).doesNotContain("=null");
    } catch (IOException refused) {
      assertThat(refused).hasMessageStartingWith("body of " + sample.envelope().kind());
    }
  }

  @Example
  void aMessageWithAHole_isRefused() {
    for (String body :
        List.of(
            "null",
            "{}",
            "{\"round\": 1}",
            "{\"round\": 1, \"reason\": null}",
            "{\"reason\": \"x\"}",
            "{\"round\": null, \"reason\": \"x\"}",
            "{\"round\": 1e99, \"reason\": \"x\"}",
            "[]",
            "{\"round\": 1, \"reason\": \"x\"} {}")) {
      Envelope envelope = new Envelope("withdraw", "", body.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> ControlMessage.read(envelope, Withdraw.class))
          .as(body)
          .isInstanceOf(IOException.class)
          .hasMessage("body of withdraw is malformed (expected: a JSON object)");
    }
  }

  @Example
  void aLongBody_isRefusedBeforeItIsParsed() {
    byte[] body = new byte[ControlMessage.MAX_BYTES + 1];
    assertThatThrownBy(
            () -> ControlMessage.read(new Envelope("withdraw", "", body), Withdraw.class))
        .isInstanceOf(IOException.class)
        .hasMessage("body of withdraw: 65537 bytes (expected: <= 65536)");
  }
}
