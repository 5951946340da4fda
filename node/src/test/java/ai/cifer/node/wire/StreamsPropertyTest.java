package ai.cifer.node.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.node.wire.Streams.SegmentRef;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsPropertyTest {

  private static final int MOST = 999_999_999;

  @Property(tries = 200)
  void aSegmentsName_saysWhatItIs(
      @ForAll @IntRange(max = MOST) int round,
      @ForAll @IntRange(max = MOST) int segment,
      @ForAll @IntRange(max = MOST) int attempt) {
    SegmentRef ref = new SegmentRef(round, segment, attempt);
    assertThat(Streams.parseSegment(Streams.segment(ref))).contains(ref);
    assertThat(Streams.parseModel(Streams.segment(ref))).isEmpty();
  }

  @Property(tries = 200)
  void aModelsName_saysItsRound(@ForAll @IntRange(max = MOST) int round) {
    assertThat(Streams.parseModel(Streams.model(round))).contains(round);
    assertThat(Streams.parseSegment(Streams.model(round))).isEmpty();
  }

  @Property(tries = 1000)
  void whateverAPeerNames_isParsedOrNot(@ForAll String name) {
    assertThat(Streams.parseModel(name).map(Streams::model).orElse(name)).isEqualTo(name);
    assertThat(Streams.parseSegment(name).map(Streams::segment).orElse(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "model",
        "model.",
        "model.-1",
        "model.9999999999",
        "model.1.2",
        "model.1 ",
        "model.1\n",
        "Model.1",
        "model.\u0661",
        "segment.1.2",
        "segment.1.2.3.4",
        "segment.1..3",
        "segment.1.2.-3",
        "segment.1.2.3\n",
        "../segment.1.2.3",
      })
  void otherNames_areNoStreams(String name) {
    assertThat(Streams.parseModel(name)).isEmpty();
    assertThat(Streams.parseSegment(name)).isEmpty();
  }
}
