package ai.cifer.homocryption;

import ai.cifer.homocryption.ckks.CkksParameters;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which rotations a computation needs. Each is a key of its own, made by the owner of the secret
/// key and given to whoever computes, so the plan is made before the keys.
///
/// {@snippet class=ai.cifer.homocryption.SnippetsTest region=plan}
///
/// Needed by: [EncryptedVector#sum] and `dot` ([#withSums]), [EncryptedVector#matmul] and
/// [EncryptedVector#premultiply] with a plain matrix ([#withMatrix]). Everything else, products
/// slot by slot and polynomials among it, needs none.
///
/// Sizes: one key of C13 has 0.9 MB when stored and 2.6 MB in memory, of C14 6.9 and 19 MB, of C15
/// 22 and 60 MB. Immutable.
public final class RotationPlan {
  private static final RotationPlan NONE = new RotationPlan(List.of(), List.of());

  /// One thing that is planned.
  private sealed interface Need {
    void addTo(Set<Integer> steps, int slots);
  }

  private record Sums(int length) implements Need {
    @Override
    public void addTo(Set<Integer> steps, int slots) {
      addDoubling(steps, 1, Packing.of(length, slots).period());
    }
  }

  private record Matrix(int rows, int columns) implements Need {
    @Override
    public void addTo(Set<Integer> steps, int slots) {
      MatrixDiagonals.addSteps(steps, rows, columns, slots);
    }
  }

  private record Steps(List<Integer> steps) implements Need {
    @Override
    public void addTo(Set<Integer> all, int slots) {
      for (int step : steps) {
        all.add(Math.floorMod(step, slots));
      }
    }
  }

  private final List<Need> needs;
  private final List<String> calls;

  private RotationPlan(List<Need> needs, List<String> calls) {
    this.needs = needs;
    this.calls = calls;
  }

  /// No rotations.
  public static RotationPlan none() {
    return NONE;
  }

  /// Sums and inner products of vectors of any length: `log2(slots)` keys.
  public RotationPlan withSums() {
    return with(new Sums(Integer.MAX_VALUE), "withSums()");
  }

  /// Sums and inner products of vectors up to a length: `log2` of it, rounded up, keys.
  ///
  /// @param length at least 1
  public RotationPlan withSums(int length) {
    requirePositive("length", length);
    return with(new Sums(length), "withSums(" + length + ")");
  }

  /// Products of a plain matrix and an encrypted vector: about `2·sqrt(min(rows, columns))` keys.
  ///
  /// @param rows of the matrix in the order of the product matrix times vector, as
  ///   [EncryptedVector#premultiply] takes it; swapped for [EncryptedVector#matmul]
  /// @param columns likewise
  public RotationPlan withMatrix(int rows, int columns) {
    requirePositive("rows", rows);
    requirePositive("columns", columns);
    return with(new Matrix(rows, columns), "withMatrix(" + rows + ", " + columns + ")");
  }

  /// Rotations to the left by given numbers of slots, for use with the evaluator itself.
  public RotationPlan withRotations(int... steps) {
    List<Integer> boxed = java.util.Arrays.stream(steps).boxed().toList();
    return with(
        new Steps(boxed), "withRotations(" + boxed.toString().replaceAll("[\\[\\]]", "") + ")");
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }

  private RotationPlan with(Need need, String call) {
    List<Need> moreNeeds = new ArrayList<>(needs);
    moreNeeds.add(need);
    List<String> moreCalls = new ArrayList<>(calls);
    moreCalls.add(call);
    return new RotationPlan(List.copyOf(moreNeeds), List.copyOf(moreCalls));
  }

  /// The rotations to the left, for [ai.cifer.homocryption.ckks.CkksKeys#generate].
  public SortedSet<Integer> steps(CkksParameters parameters) {
    return steps(parameters.slots());
  }

  SortedSet<Integer> steps(int slots) {
    Set<Integer> steps = new LinkedHashSet<>();
    for (Need need : needs) {
      need.addTo(steps, slots);
    }
    steps.remove(0);
    return new TreeSet<>(steps);
  }

  /// Adds `from, 2·from, … < to`.
  static void addDoubling(Set<Integer> steps, int from, int to) {
    for (int step = from; step < to; step *= 2) {
      steps.add(step);
    }
  }

  /// As it is written in Java.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("RotationPlan.none()");
    for (String call : calls) {
      text.append('.').append(call);
    }
    return text.toString();
  }
}
