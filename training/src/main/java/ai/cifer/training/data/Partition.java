package ai.cifer.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Which examples each of several clients holds: every example belongs to exactly one.
///
/// @param clients the indices of each client's examples, ascending
public record Partition(List<int[]> clients) {

  /// What every client should have at least: one batch.
  public static final int MINIMUM_EXAMPLES = 32;

  private static final int SHARDS = 2;

  public Partition {
    clients = List.copyOf(clients);
  }

  /// Equal parts of a random order; sizes differ by at most one.
  ///
  /// @param examples how many there are, at least one for each client
  public static Partition iid(int examples, int clients, long seed) {
    requireEnough(examples, clients, 1);
    int[] order = new int[examples];
    Arrays.setAll(order, i -> i);
    Shuffle.inPlace(order, Seeds.generator(seed));
    List<int[]> parts = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      int from = (int) ((long) examples * client / clients);
      int to = (int) ((long) examples * (client + 1) / clients);
      int[] part = Arrays.copyOfRange(order, from, to);
      Arrays.sort(part);
      parts.add(part);
    }
    return new Partition(parts);
  }

  /// Unequal amounts of equal mixtures: the clients' sizes are drawn from a symmetric Dirichlet
  /// distribution, their examples from a random order.
  ///
  /// @param alpha > 0; 0.5 is strongly unequal, 100 nearly equal
  /// @param minimum examples of the smallest client, >= 1
  public static Partition quantity(
      int examples, int clients, double alpha, int minimum, long seed) {
    return dirichlet(new int[examples], clients, alpha, minimum, seed);
  }

  /// Few classes a client: the examples in the order of their labels are cut into two shards a
  /// client, and each client is given two at random, as McMahan et al. measured federated
  /// averaging.
  ///
  /// @param labels the class of each example, >= 0
  /// @see <a href="https://arxiv.org/abs/1602.05629">Communication-Efficient Learning of Deep
  ///   Networks from Decentralized Data</a>
  public static Partition label(int[] labels, int clients, long seed) {
    int shards = SHARDS * clients;
    requireEnough(labels.length, clients, SHARDS);
    int[] sorted = sorted(labels);
    int[] order = new int[shards];
    Arrays.setAll(order, i -> i);
    Shuffle.inPlace(order, Seeds.generator(seed));
    List<int[]> parts = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      int[] part = new int[0];
      for (int i = SHARDS * client; i < SHARDS * (client + 1); i++) {
        int from = (int) ((long) sorted.length * order[i] / shards);
        int to = (int) ((long) sorted.length * (order[i] + 1) / shards);
        int before = part.length;
        part = Arrays.copyOf(part, before + to - from);
        System.arraycopy(sorted, from, part, before, to - from);
      }
      Arrays.sort(part);
      parts.add(part);
    }
    return new Partition(parts);
  }

  /// The examples in the order of their labels, those of one label in stored order.
  private static int[] sorted(int[] labels) {
    int[] from = new int[Arrays.stream(labels).max().orElse(-1) + 2];
    for (int label : labels) {
      from[label + 1]++;
    }
    Arrays.parallelPrefix(from, Integer::sum);
    int[] sorted = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      sorted[from[labels[i]]++] = i;
    }
    return sorted;
  }

  /// Unequal mixtures of classes: for each class the clients' proportions are drawn from a
  /// symmetric Dirichlet distribution, as Hsu, Qi and Brown measured federated averaging.
  ///
  /// Afterwards each client with fewer than `minimum` examples is given some of the largest.
  ///
  /// @param labels the class of each example, >= 0
  /// @param alpha > 0; 0.5 is strongly unequal, 100 nearly equal
  /// @param minimum examples of the smallest client, >= 1
  /// @throws IllegalArgumentException if there are fewer than `clients * minimum` examples
  /// @see <a href="https://arxiv.org/abs/1909.06335">Measuring the Effects of Non-Identical Data
  ///   Distribution for Federated Visual Classification</a>
  public static Partition dirichlet(
      int[] labels, int clients, double alpha, int minimum, long seed) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha: %s (expected: > 0)".formatted(alpha));
    }
    requireEnough(labels.length, clients, minimum);
    RandomGenerator random = Seeds.generator(seed);
    List<Members> parts = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      parts.add(new Members());
    }
    for (int[] members : byClass(labels)) {
      Shuffle.inPlace(members, random);
      double[] proportions = Dirichlet.draw(clients, alpha, random);
      double cumulative = 0;
      int from = 0;
      for (int client = 0; client < clients; client++) {
        cumulative += proportions[client];
        // The last takes what rounding left over.
        boolean last = client == clients - 1;
        int to =
            last
                ? members.length
                : (int) Math.min(members.length, Math.round(cumulative * members.length));
        for (int i = from; i < to; i++) {
          parts.get(client).add(members[i]);
        }
        from = Math.max(from, to);
      }
    }
    topUp(parts, minimum);
    return new Partition(parts.stream().map(Members::sorted).toList());
  }

  private static void requireEnough(int examples, int clients, int minimum) {
    if (clients < 1) {
      throw new IllegalArgumentException("clients: %d (expected: >= 1)".formatted(clients));
    }
    if (minimum < 1) {
      throw new IllegalArgumentException("minimum: %d (expected: >= 1)".formatted(minimum));
    }
    if (examples < (long) clients * minimum) {
      throw new IllegalArgumentException(
          "examples: %d (expected: >= %d, for %d clients with at least %d each)"
              .formatted(examples, (long) clients * minimum, clients, minimum));
    }
  }

  private static List<int[]> byClass(int[] labels) {
    int classes = Arrays.stream(labels).max().orElse(-1) + 1;
    List<Members> members = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      members.add(new Members());
    }
    for (int i = 0; i < labels.length; i++) {
      members.get(labels[i]).add(i);
    }
    return members.stream().map(Members::sorted).toList();
  }

  /// Ends: each step moves an example from a client above the mean to one below it.
  private static void topUp(List<Members> parts, int minimum) {
    for (Members part : parts) {
      while (part.size() < minimum) {
        Members largest = part;
        for (Members other : parts) {
          largest = other.size() > largest.size() ? other : largest;
        }
        part.add(largest.removeLast());
      }
    }
  }

  /// A growing list of indices.
  private static final class Members {
    private int[] values = new int[16];
    private int size;

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    int removeLast() {
      return values[--size];
    }

    int size() {
      return size;
    }

    int[] sorted() {
      int[] out = Arrays.copyOf(values, size);
      Arrays.sort(out);
      return out;
    }
  }
}
