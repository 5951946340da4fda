package ai.cifer.fedlearn.local;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Tensors;
import java.io.IOException;
import java.util.Optional;

/// What a client remembers from round to round, and where it finds room to work. What it remembers
/// never leaves it.
public interface ClientMemory {

  /// What was remembered under a name after the last round that the run kept; to be closed.
  ///
  /// @return empty if nothing was, or of another layout
  Optional<Tensors> before(String name, ModelLayout layout) throws IOException;

  /// Where to write what is to be remembered, every value; to be closed. It counts once the round
  /// has a result.
  Tensors after(String name, ModelLayout layout) throws IOException;

  /// Zeros for a while, to be closed; costs no memory in the size of the model.
  Tensors scratch(ModelLayout layout) throws IOException;
}
