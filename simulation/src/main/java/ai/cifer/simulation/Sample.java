package ai.cifer.simulation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Which clients are in a round, and what happens to each; drawn from the seed and the round alone.
///
/// @param fates by the clients' numbers, 0 for the first client, in the order of drawing
record Sample(Map<Integer, Fate> fates) {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private static final Fate.Moment[] LOSSES =
      Arrays.stream(Fate.Moment.values()).filter(Fate.Moment::isLost).toArray(Fate.Moment[]::new);

  /// @param of so many clients
  /// @param size are drawn
  static Sample draw(int of, int size, Failures failures, long seed, int round) {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create((seed * GOLDEN + round) * GOLDEN);
    int[] order = new int[of];
    Arrays.setAll(order, i -> i);
    Map<Integer, Fate> fates = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      int other = random.nextInt(i, of);
      int drawn = order[other];
      order[other] = order[i];
      fates.put(drawn, fate(failures, random));
    }
    return new Sample(fates);
  }

  /// Draws as many numbers whatever they are, so that a sample does not depend on the failures.
  private static Fate fate(Failures failures, RandomGenerator seeds) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seeds.nextLong());
    boolean lost = random.nextDouble() < failures.dropout();
    Fate.Moment loss = LOSSES[random.nextInt(LOSSES.length)];
    double delay = failures.delays().draw(random);
    if (lost) {
      return new Fate(loss, delay);
    }
    return new Fate(
        delay > failures.deadlineSeconds() ? Fate.Moment.LATE : Fate.Moment.STAYS, delay);
  }

  /// How long the round takes in simulated time: until the last one answered whom it waits for, or
  /// the deadline.
  double seconds(Failures failures) {
    boolean complete = fates.values().stream().allMatch(fate -> fate.moment() == Fate.Moment.STAYS);
    double longest =
        fates.values().stream()
            .filter(fate -> fate.moment() != Fate.Moment.LATE)
            .mapToDouble(Fate::delaySeconds)
            .max()
            .orElse(0);
    return complete || Double.isInfinite(failures.deadlineSeconds())
        ? longest
        : failures.deadlineSeconds();
  }
}
