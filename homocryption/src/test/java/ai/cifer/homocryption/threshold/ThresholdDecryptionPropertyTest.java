package ai.cifer.homocryption.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.cifer.homocryption.ckks.CkksCiphertext;
import ai.cifer.homocryption.ckks.CkksParameters;
import ai.cifer.homocryption.ckks.InsecureParameters;
import ai.cifer.homocryption.threshold.ThresholdException.CombinationFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Any committee, any threshold, any active set, any values.
class ThresholdDecryptionPropertyTest {
  private static final CkksParameters P = InsecureParameters.composite(8);

  @Property(tries = 12)
  void aSetDecryptsWithinTheBoundAndOneFewerDoesNot(
      @ForAll @IntRange(min = 2, max = 8) int parties,
      @ForAll @IntRange(min = 2, max = 8) int wanted,
      @ForAll @IntRange(min = 0, max = 3) int level,
      @ForAll long choice)
      throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(choice);
    int threshold = Math.min(wanted, parties);
    Path folder = Files.createTempDirectory("threshold");
    try (TestCommittee committee = TestCommittee.of(P, parties, threshold)) {
      double[] values = committee.vector(j -> 2 * random.nextDouble() - 1);
      CkksCiphertext x =
          new ai.cifer.homocryption.ckks.CkksEvaluator(P)
              .levelDrop(committee.encrypt(values), level);
      Smudging smudging =
          Smudging.of(
              committee.session,
              new SmudgingPolicy(1, 40),
              TrackedErrorBound.fresh(committee.session, 1).levelDrop(level),
              20);
      List<Integer> all = new ArrayList<>(IntStream.rangeClosed(1, parties).boxed().toList());
      Collections.shuffle(all, java.util.Random.from(random));
      ActiveSet set =
          ActiveSet.of(
              committee.session.committee(),
              all.stream().limit(threshold).mapToInt(i -> i).toArray());
      List<PartialDecryption> given = new ArrayList<>();
      for (int party : set.parties()) {
        try (DecryptionLog log = committee.createLog(folder, party, smudging.policy())) {
          given.add(
              new PartialDecryptor(committee.shares.get(party - 1), log).decrypt(x, set, smudging));
        }
      }
      ReleasedVector released = committee.combine(x, smudging, given);
      double[] actual = released.values();
      for (int j = 0; j < actual.length; j++) {
        assertThat(Math.abs(actual[j] - values[j])).isLessThan(released.largestError());
      }
      List<PartialDecryption> fewer = given.subList(1, threshold);
      assertThatThrownBy(() -> committee.combine(x, smudging, fewer))
          .isInstanceOf(CombinationFailed.class);
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /// A share of a party that holds a wrong key share is noticed, whatever else is right.
  @Property(tries = 5)
  void oneWrongKeyShareIsNoticed(@ForAll @IntRange(min = 2, max = 5) int parties)
      throws IOException {
    Path folder = Files.createTempDirectory("threshold");
    try (TestCommittee committee = TestCommittee.of(P, parties, 2)) {
      SecretKeyShare right = committee.shares.getFirst();
      var rows = right.rows().copy();
      rows.row(1)[3] += rows.row(1)[3] > 0 ? -1 : 1;
      var smudging =
          Smudging.of(
              committee.session,
              new SmudgingPolicy(1, 30),
              TrackedErrorBound.fresh(committee.session, 1),
              20);
      committee.shares.set(
          0, new SecretKeyShare(committee.session, right.keyId(), 1, new byte[32], rows));
      CkksCiphertext x = committee.encrypt(new double[] {1});
      assertThatThrownBy(() -> committee.decrypt(folder, x, smudging, 1, 2))
          .isInstanceOf(CombinationFailed.class)
          .hasMessageContaining("not plausible");
      right.close();
    } finally {
      for (String name : Arrays.asList("party1.log", "party2.log")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    }
  }
}
