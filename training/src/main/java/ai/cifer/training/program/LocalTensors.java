package ai.cifer.training.program;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.NamePattern;
import ai.cifer.fedlearn.tensor.TensorSpec;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.TrainerFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The tensors that a program keeps to itself, such as the statistics of batch normalisation: they
/// are not in its update, and its next round begins with its own values of them instead of the
/// global ones [Li et al., 2021, FedBN].
///
/// Kept for as long as the participant runs, also when the program has to be started again.
///
/// @see <a href="https://arxiv.org/abs/2102.07623">FedBN: Federated Learning on Non-IID Features
///   via Local Batch Normalization</a>
final class LocalTensors implements AutoCloseable {

  private final List<NamePattern> patterns;
  private final Path folder;
  private @Nullable Tensors kept;

  /// @param patterns names, `*` for any characters
  LocalTensors(List<String> patterns, Path folder) {
    this.patterns = patterns.stream().map(NamePattern::new).toList();
    this.folder = folder;
  }

  List<String> patterns() {
    return patterns.stream().map(NamePattern::text).toList();
  }

  private List<TensorSpec> local(ModelLayout layout) throws TrainerFailed {
    for (NamePattern pattern : patterns) {
      if (layout.tensors().stream().noneMatch(tensor -> pattern.fits(tensor.name()))) {
        throw new TrainerFailed(
            "local: %s: no such tensor (expected: one of %s)"
                .formatted(
                    Excerpt.of(pattern.text()),
                    Excerpt.of(
                        layout.tensors().stream().map(TensorSpec::name).toList().toString())));
      }
    }
    return layout.tensors().stream()
        .filter(tensor -> patterns.stream().anyMatch(pattern -> pattern.fits(tensor.name())))
        .toList();
  }

  /// The names of the tensors that are shared.
  ///
  /// @throws TrainerFailed if a pattern matches none of the model, or all are local
  Set<String> shared(ModelLayout layout) throws TrainerFailed {
    Set<String> names =
        layout.tensors().stream()
            .map(TensorSpec::name)
            .collect(Collectors.toCollection(HashSet::new));
    local(layout).forEach(tensor -> names.remove(tensor.name()));
    if (names.isEmpty()) {
      throw new TrainerFailed(
          "local: %s: all tensors (expected: some that are shared)".formatted(patterns()));
    }
    return names;
  }

  /// The global model with the kept values in it; empty if nothing is kept yet.
  ///
  /// @return to be closed
  Optional<Tensors> overlay(Tensors global) throws IOException {
    Tensors own = kept;
    if (own == null) {
      return Optional.empty();
    }
    ModelLayout layout = global.layout();
    Tensors all = Scratch.create(layout, folder);
    Scratch.copy(global, 0, all, 0, layout.parameters());
    int[] places = Difference.places(own.layout(), layout);
    for (int i = 0; i < places.length; i++) {
      long size = layout.tensors().get(places[i]).size();
      Scratch.copy(own, own.layout().offset(i), all, layout.offset(places[i]), size);
    }
    return Optional.of(all);
  }

  /// Remembers the local ones among `values`.
  void keep(Tensors values) throws IOException, TrainerFailed {
    List<TensorSpec> local = local(values.layout());
    if (local.isEmpty()) {
      return;
    }
    close();
    Tensors own = Scratch.create(new ModelLayout(local), folder);
    int[] places = Difference.places(own.layout(), values.layout());
    for (int i = 0; i < places.length; i++) {
      Scratch.copy(
          values,
          values.layout().offset(places[i]),
          own,
          own.layout().offset(i),
          local.get(i).size());
    }
    kept = own;
  }

  @Override
  public void close() {
    if (kept != null) {
      kept.close();
      kept = null;
    }
  }
}
