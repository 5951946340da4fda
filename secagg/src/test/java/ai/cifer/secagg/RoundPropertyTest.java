package ai.cifer.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.update.ClientUpdate;
import ai.cifer.homocryption.aggregation.AggregationParameters;
import ai.cifer.secagg.coordinator.SegmentSum;
import ai.cifer.secagg.plan.AggregationPlan;
import ai.cifer.secagg.plan.EncryptionMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

class RoundPropertyTest {
  private static final int CAP = 1000;
  private static final float CLIP = 0.25f;

  /// One random setting: everything in it follows from the seed.
  private static final class Setting {
    final RandomGenerator random;
    final int clients;
    final List<Long> examples = new ArrayList<>();
    final List<ClientUpdate> updates = new ArrayList<>();
    final List<Set<Integer>> dropped = new ArrayList<>();
    final AggregationParameters parameters;

    Setting(long seed) {
      random = TestFederation.random(seed);
      clients = 3 + random.nextInt(6);
      parameters =
          List.of(
                  AggregationParameters.K2_N256,
                  AggregationParameters.K2_N256,
                  AggregationParameters.K2_N64_DENSE,
                  AggregationParameters.K1_N256)
              .get(random.nextInt(4));
      for (int i = 0; i < clients; i++) {
        examples.add(1 + random.nextLong(2 * CAP));
        updates.add(TestFederation.update(TestFederation.LAYOUT, random, examples.get(i)));
        Set<Integer> lost = new HashSet<>();
        for (int segment = 0; segment < 3; segment++) {
          // The first three always deliver, so that the cohort is never too small.
          if (i >= 3 && random.nextInt(3) == 0) {
            lost.add(segment);
          }
        }
        dropped.add(lost);
      }
    }

    TestRound deliver(EncryptionMode mode, boolean quantise) throws IOException {
      Path spool = Files.createTempDirectory("round");
      TestFederation federation = new TestFederation(clients, spool);
      Tensors model = Tensors.allocate(TestFederation.LAYOUT);
      AggregationPlan plan =
          AggregationPlan.uniform(mode, quantise, parameters, TestFederation.LAYOUT, CLIP, CAP)
              .withSegmentParameters(TestFederation.SEGMENT);
      TestRound round = new TestRound(federation, federation.open(plan, model, 4, 3), model);
      for (int i = 0; i < clients; i++) {
        round.deliver(i, updates.get(i), dropped.get(i));
      }
      assertThat(spool).isEmptyDirectory();
      return round;
    }

    List<Integer> cohort(int segment) {
      List<Integer> cohort = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        if (!dropped.get(i).contains(segment)) {
          cohort.add(i);
        }
      }
      return cohort;
    }
  }

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void theMaskedMeanIsThePlainFixedPointMeanBitForBit(@ForAll long seed) throws IOException {
    Setting setting = new Setting(seed);
    Tensors masked = setting.deliver(EncryptionMode.KEY_HOLDER, true).finishAll();
    TestRound plain = setting.deliver(EncryptionMode.NONE, true);

    assertThat(masked.digest()).isEqualTo(plain.finishAll().digest());
    assertThat(floats(masked)).containsExactly(fixedPointMean(setting, plain));
  }

  @Property(tries = 5, shrinking = ShrinkingMode.OFF)
  void theMeanIsWithinTheBoundOfTheExactMean(@ForAll long seed) throws IOException {
    Setting setting = new Setting(seed);
    TestRound round = setting.deliver(EncryptionMode.NONE, false);
    float[] floatMean = floats(round.finishAll());
    float[] quantised = floats(setting.deliver(EncryptionMode.NONE, true).finishAll());
    for (Segment segment : round.round.segments()) {
      double weights = 0;
      for (int client : setting.cohort(segment.index())) {
        weights += Math.min(setting.examples.get(client), CAP);
      }
      double meanWeight = weights / CAP / setting.cohort(segment.index()).size();
      double bound = round.open.plan().worstCaseError(0, meanWeight);
      for (long at = segment.from(); at < segment.from() + segment.size(); at++) {
        double exact = 0;
        for (int client : setting.cohort(segment.index())) {
          float value = setting.updates.get(client).delta().get(at);
          exact += Math.clamp(value, -CLIP, CLIP) * Math.min(setting.examples.get(client), CAP);
        }
        exact /= weights;
        assertThat((double) quantised[(int) at]).isCloseTo(exact, within(bound + 1e-7));
        if (at != 3 && at != quantised.length - 1) {
          assertThat((double) floatMean[(int) at]).isCloseTo(exact, within(0.1));
        }
      }
    }
  }

  @Property(tries = 4, shrinking = ShrinkingMode.OFF)
  void manyHelpersOpenWithAnyQuorum(@ForAll long seed) throws IOException {
    Setting setting = new Setting(seed);
    TestRound round = setting.deliver(EncryptionMode.SECURE_AGGREGATION, true);
    TestRound plain = setting.deliver(EncryptionMode.NONE, true);
    List<TestParticipant> helpers = new ArrayList<>(round.helpers());
    int threshold = round.open.threshold();
    Tensors mean = Tensors.allocate(TestFederation.LAYOUT);
    for (int segment = 0; segment < round.round.segments().size(); segment++) {
      Collections.shuffle(helpers, Random.from(setting.random));
      List<TestParticipant> signers = List.copyOf(helpers.subList(0, threshold));
      SegmentSum sum = round.finish(segment, mean, signers, signers);
      assertThat(sum.clients()).isEqualTo(setting.cohort(segment).size());
    }
    assertThat(mean.digest()).isEqualTo(plain.finishAll().digest());
  }

  /// The definition of the protocol, 2.1, on the integers that lie open in mode `none`.
  private static float[] fixedPointMean(Setting setting, TestRound plain) {
    AggregationParameters parameters = setting.parameters;
    int degree = parameters.degree();
    int capacity = parameters.valuesPerBlock();
    double levels = (1 << (parameters.valueBits() - 1)) - 1;
    long offset = 1L << (parameters.valueBits() - 1);
    float[] mean = new float[(int) TestFederation.LAYOUT.parameters()];
    for (Segment segment : plain.round.segments()) {
      List<Integer> cohort = setting.cohort(segment.index());
      long count = 0;
      int blocks = plain.open.plan().blocks(segment.size());
      long[] sums = new long[blocks * capacity];
      for (int client : cohort) {
        count += Math.min(setting.examples.get(client), CAP);
        String name = plain.federation.clients.get(client).name();
        ByteBuffer slots =
            ByteBuffer.wrap(plain.blocks.get(TestRound.key(name, segment.index())))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += slots.getInt();
        }
      }
      assertThat(sums[0]).isEqualTo(count);
      assertThat(sums[parameters.fields() == 1 ? 1 : degree]).isEqualTo(cohort.size());
      int at = (int) segment.from();
      int end = at + (int) segment.size();
      for (int i = 0; at < end; i++) {
        boolean reserved = parameters.fields() == 1 ? i < 2 : i < capacity && i % degree == 0;
        if (!reserved) {
          mean[at++] =
              (float)
                  ((sums[i] - cohort.size() * offset) * (CLIP / levels * ((double) CAP / count)));
        }
      }
    }
    return mean;
  }

  private static float[] floats(Tensors tensors) {
    float[] values = new float[(int) tensors.layout().parameters()];
    tensors.read(0, values, values.length);
    return values;
  }
}
