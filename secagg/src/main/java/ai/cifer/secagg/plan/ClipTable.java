package ai.cifer.secagg.plan;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.NamePattern;
import ai.cifer.fedlearn.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Magnitudes by the names of tensors, as a person writes them; for every model, also unknown ones.
///
/// The first entry whose pattern fits a name counts; `*` in a pattern stands for any characters, so
/// the entry for all others comes last.
public record ClipTable(List<Entry> entries) {
  /// The most entries.
  public static final int MAX_ENTRIES = 1 << 12;

  /// One magnitude for the tensors whose name fits a pattern.
  ///
  /// @param pattern a name, in which `*` stands for any characters
  /// @param clip finite and > 0
  public record Entry(String pattern, float clip) {
    public Entry {
      var _ = new NamePattern(pattern);
      if (!(clip > 0) || !Float.isFinite(clip)) {
        throw new IllegalArgumentException(
            "%s: %s (expected: finite and > 0)".formatted(pattern, clip));
      }
    }

    boolean fits(String name) {
      return new NamePattern(pattern).fits(name);
    }
  }

  public ClipTable {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "entries: %d (expected: 1 to %d)".formatted(entries.size(), MAX_ENTRIES));
    }
  }

  /// The same for every tensor.
  public static ClipTable uniform(float clip) {
    return new ClipTable(List.of(new Entry("*", clip)));
  }

  /// What the table says of a tensor; empty if no entry fits.
  public OptionalDouble of(String tensor) {
    return entries.stream()
        .filter(entry -> entry.fits(tensor))
        .mapToDouble(Entry::clip)
        .findFirst();
  }

  /// The clip of each tensor.
  ///
  /// @throws IllegalArgumentException if a tensor has none, or if an entry stands for no tensor,
  ///   which is a misspelt name
  public List<Float> clips(ModelLayout layout) {
    for (Entry entry : entries) {
      if (layout.tensors().stream().noneMatch(tensor -> entry.fits(tensor.name()))) {
        throw new IllegalArgumentException(
            "%s (expected: the name of a tensor, * for any characters; the model has %s)"
                .formatted(entry.pattern(), names(layout)));
      }
    }
    List<Float> clips = new ArrayList<>();
    for (TensorSpec tensor : layout.tensors()) {
      OptionalDouble clip = of(tensor.name());
      if (clip.isEmpty()) {
        throw new IllegalArgumentException(
            "none for tensor %s (expected: one for each; \"*\" stands for all others)"
                .formatted(tensor.name()));
      }
      clips.add((float) clip.getAsDouble());
    }
    return clips;
  }

  private static String names(ModelLayout layout) {
    int shown = 8;
    List<String> names = layout.tensors().stream().limit(shown).map(TensorSpec::name).toList();
    return String.join(", ", names) + (layout.tensors().size() > shown ? ", ..." : "");
  }
}
