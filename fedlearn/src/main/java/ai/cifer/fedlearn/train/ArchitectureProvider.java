package ai.cifer.fedlearn.train;

import java.util.Set;

/// Makes fresh models of networks that it knows by name; found by `ServiceLoader`.
public interface ArchitectureProvider {

  /// The names it knows, for example `cnn`; after `mlp` and a space follow its sizes.
  Set<String> names();

  /// A new model with values drawn from `seed`: the same seed gives the same bits.
  ///
  /// @throws TrainingException if `architecture` is not among [#names()]
  GlobalModel initialise(String architecture, long seed) throws TrainingException;
}
